import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.pages.models import ArticlePage
from egzaminator.pages.tasks import publish_scheduled
from tests.public_site import make_home_page

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)


def test_a_page_appears_and_goes_when_its_time_has_come() -> None:
    client = Client()

    def status() -> int:
        publish_scheduled(0)
        return client.get("/przerwa/").status_code

    with time_machine.travel(NOW, tick=False) as clock:
        page = make_home_page().add_child(instance=ArticlePage(title="Przerwa", slug="przerwa", live=False))
        page.go_live_at = timezone.now() + dt.timedelta(minutes=5)
        page.expire_at = timezone.now() + dt.timedelta(minutes=10)
        page.save_revision().publish()
        assert status() == 404
        clock.shift(dt.timedelta(minutes=5, seconds=1))
        assert [status(), status()] == [200, 200]
        clock.shift(dt.timedelta(minutes=5))
        assert status() == 404
