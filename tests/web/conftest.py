import pytest
from wagtail.models import Page

from tests.web.public_pages import add_article


@pytest.fixture
def article(db: None) -> Page:
    return add_article("Instrukcja")
