"""What turns the kept pages over."""

import datetime as dt
import os
import subprocess
import sys
import time
import zoneinfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from wagtail.models import Page

from egzaminator.cms.models import BoardSettings
from egzaminator.core.process_state import process_state
from egzaminator.web.cache_version import bump_cache_version
from tests.helpers.html import words_of
from tests.web.public_pages import add_article, ask, counted

WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")


def retitle(page: Page, title: str) -> None:
    page.title = title
    page.save_revision().publish()


def test_publishing_turns_pages_over(article: Page) -> None:
    client = Client()
    before = client.get("/instrukcja/")
    retitle(article, "Nowa instrukcja")
    after = client.get("/instrukcja/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Nowa instrukcja" in words_of(after)


def test_a_page_that_is_withdrawn_is_gone(article: Page) -> None:
    client = Client()
    assert client.get("/instrukcja/").status_code == 200
    article.unpublish()
    assert client.get("/instrukcja/").status_code == 404
    article.save_revision().publish()
    assert client.get("/instrukcja/").status_code == 200


def test_what_changes_nothing_leaves_the_etag(article: Page) -> None:
    client = Client()
    before = client.get("/instrukcja/")
    bump_cache_version()
    assert client.get("/instrukcja/", headers={"If-None-Match": before["ETag"]}).status_code == 304


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_publishing_by_another_process_is_seen_within_a_second(settings: Settings) -> None:
    process_state.reset()
    page = add_article("Instrukcja")
    client = Client()
    assert "Instrukcja" in words_of(client.get("/instrukcja/"))

    database = settings.DATABASES["default"]["NAME"]
    program = (
        "import django; django.setup();"
        "from django.conf import settings; from django.db import connection;"
        f"connection.settings_dict['NAME'] = {database!r};"
        "from wagtail.models import Page;"
        f"page = Page.objects.get(pk={page.pk}).specific; page.title = 'Z innego procesu';"
        "page.save_revision().publish()"
    )
    environment = os.environ | {"PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "egzaminator.settings"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)

    deadline = time.monotonic() + 1.1
    while "Z innego procesu" not in words_of(client.get("/instrukcja/")):
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        (dt.datetime(2026, 11, 22, 23, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 11, 23, tzinfo=WARSAW), True),
        (dt.datetime(2026, 11, 23, 0, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 11, 23, 1, tzinfo=WARSAW), False),
        (dt.datetime(2026, 7, 1, 23, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 7, 2, tzinfo=WARSAW), True),
    ],
)
def test_midnight_in_warsaw_turns_pages_over(before: dt.datetime, after: dt.datetime, *, is_new: bool) -> None:
    view, made = counted()
    with time_machine.travel(before, tick=False) as clock:
        ask(view)
        ask(view)
        assert len(made) == 1
        clock.move_to(after)
        ask(view)
        assert (len(made) == 2) is is_new


@pytest.mark.django_db
def test_a_notice_is_gone_when_its_time_is_over() -> None:
    view, made = counted()
    with time_machine.travel("2026-11-22T10:00:00+01:00", tick=False) as clock:
        BoardSettings.objects.create(notice="Przerwa", notice_until=timezone.now() + dt.timedelta(hours=1))
        ask(view)
        clock.shift(dt.timedelta(minutes=59, seconds=59))
        ask(view)
        assert len(made) == 1
        clock.shift(dt.timedelta(seconds=1))
        ask(view)
        assert len(made) == 2
