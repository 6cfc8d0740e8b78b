import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.retention_rules import FORMS, RULES, SELECTIONS
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import words_of
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PERIODS = "/panel/ochrona-danych/okresy/"


@pytest.fixture
def inspector() -> Client:
    return browser_of(make_staff(roles=[Role.INSPECTOR]))


def test_each_rule_says_how_long_when_it_ran_and_what_it_deleted(inspector: Client) -> None:
    for rule in RULES:
        record_run(rule=rule, count=0)
    record_run(rule=FORMS, count=12)
    words = words_of(inspector.get(PERIODS))
    assert "Wszystko usunięto w terminie." in words
    now = timezone.localtime().strftime("%Y-%m-%d")
    assert "7 dni od zamknięcia formularza: aktywacji, unieważnienia albo upływu 30 dni bez aktywacji" in words
    assert f"upływu 30 dni bez aktywacji {now}" in words
    assert "12 12 Konta egzaminatorów bez aktywnego wpisu" in words
    assert "Co nie jest usuwane po upływie czasu" in words


def test_what_is_late_is_named_first(inspector: Client) -> None:
    for rule in RULES:
        record_run(rule=rule, count=0)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=4)):
        inspector = browser_of(make_staff(roles=[Role.INSPECTOR], email="druga@oke.example"))
        record_run(rule=SELECTIONS, count=0)
        answer = inspector.get(PERIODS)
    words = words_of(answer)
    assert "5 usuwań się spóźnia" in words
    assert "Wszystko usunięto w terminie." not in words
    assert answer.content.decode().count("po terminie") == 5


def test_a_rules_page_shows_why_who_may_change_it_and_its_days(inspector: Client) -> None:
    with time_machine.travel("2026-11-01T11:00:00Z", tick=False) as clock:
        for _ in range(61):
            record_run(rule=FORMS, count=4)
            clock.shift(datetime.timedelta(days=1))
    answer = inspector.get(f"{PERIODS}forms/")
    words = words_of(answer)
    assert "Administrator serwera, ustawieniem KEEP_FORMS_DAYS" in words
    assert "2026-12-31 1 12:00 4" in words
    assert "2026-11-01" not in words
    (older,) = [part.split('"')[0] for part in answer.content.decode().split('rel="next" href="')[1:]]
    assert "2026-11-01 1 12:00 4" in words_of(inspector.get(f"{PERIODS}forms/{older}"))


def test_a_rule_of_the_program_and_one_that_never_ran(inspector: Client) -> None:
    words = words_of(inspector.get(f"{PERIODS}links/"))
    assert "Nikt: okres jest częścią programu" in words
    assert "Jeszcze się nie odbyło." in words
