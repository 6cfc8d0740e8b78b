import datetime

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from wagtail.models import Page

from egzaminator.accounts.models import STAFF_GROUP
from tests.factories import PASSWORD, make_staff
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

ARTICLE = "/pomoc/numer-ewidencyjny/"
LEAD = "Od stycznia numer jest też w górnym rogu decyzji."


@pytest.fixture
def editor() -> None:
    """One of the staff, with the rights of their group alone."""
    account = make_staff()
    account.is_superuser = False
    account.save()
    account.groups.add(Group.objects.get(name=STAFF_GROUP))


def stamp(window: Window) -> datetime.datetime:
    written = window.locator(".page-end__stamp time").get_attribute("datetime")
    return datetime.datetime.fromisoformat(written or "")


@pytest.mark.usefixtures("default_pages", "editor")
def test_what_an_editor_publishes_is_seen_at_once(visitor: Visitor, new_visitor) -> None:
    reader = new_visitor(width=320).page
    reader.goto(ARTICLE)
    first = stamp(reader)
    kept = reader.request.get(ARTICLE).headers["etag"]
    assert reader.request.get(ARTICLE, headers={"If-None-Match": kept}).status == 304

    visitor.open("/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    panel = visitor.page
    panel.goto(f"/panel/pages/{Page.objects.get(slug='numer-ewidencyjny').pk}/edit/")
    # Wagtail's script has put the whole form together.
    expect(panel.locator("[name=body-count]")).to_have_count(1)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    started = timezone.now().replace(microsecond=0)
    panel.get_by_role("button", name="Więcej").click()
    panel.get_by_role("button", name="Opublikuj").click()
    expect(panel.locator(".messages .success")).to_contain_text("została opublikowana")

    answer = reader.request.get(ARTICLE, headers={"If-None-Match": kept})
    assert (answer.status, LEAD in answer.text()) == (200, True)
    reader.reload()
    expect(reader.get_by_text(LEAD)).to_be_visible()
    assert first < started <= stamp(reader)
    visitor.open(ARTICLE)
    expect(panel.get_by_text(LEAD)).to_be_visible()
