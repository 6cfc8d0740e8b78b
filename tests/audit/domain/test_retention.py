"""The rules of retention, and the record of their runs."""

import datetime
from typing import Final

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries

from egzaminator.audit.domain.retention import delete_old_runs, record_run, rule_states
from egzaminator.audit.models import Event, RetentionDay
from egzaminator.audit.retention_rules import COUNTERS, EVENTS, FORMS, RULES, SESSIONS, STORED_FILES, Rule
from tests.helpers.concurrency import at_once

pytestmark = pytest.mark.django_db
DAY: Final = datetime.timedelta(days=1)
NOON: Final = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)


def late() -> set[str]:
    return {state.rule.name for state in rule_states() if state.is_late}


def test_every_rule_is_carried_out_by_a_job_that_runs_as_often_as_it_says() -> None:
    times = {task.task.name: task.croniter for task in app.periodic_registry.periodic_tasks.values()}
    for rule in RULES:
        first = times[rule.task].get_next(float, start_time=NOON.timestamp())
        assert times[rule.task].get_next(float) - first == rule.every.total_seconds(), rule.name
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_each_run_of_the_jobs_is_recorded_for_every_rule_also_when_nothing_was_there_to_delete() -> None:
    tasks = {task.task.name: task.task for task in app.periodic_registry.periodic_tasks.values()}
    for name in sorted({rule.task for rule in RULES}):
        tasks[name].func(0)
    assert {day.rule: (day.runs, day.deleted) for day in RetentionDay.objects.all()} == {
        rule.name: (1, 0) for rule in RULES
    }
    assert not Event.objects.exists()


def test_a_day_of_runs_is_one_row() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for count in (3, 0, 2):
            record_run(rule=STORED_FILES, count=count)
            clock.shift(datetime.timedelta(minutes=10))
        today = RetentionDay.objects.get()
        assert (today.day, today.runs, today.deleted, today.last_deleted) == (NOON.date(), 3, 5, 2)
        assert today.last_at == NOON + datetime.timedelta(minutes=20)
        clock.shift(DAY)
        record_run(rule=STORED_FILES, count=1)
    assert list(RetentionDay.objects.order_by("day").values_list("deleted", flat=True)) == [5, 1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_lose_no_run() -> None:
    at_once(*[lambda: record_run(rule=COUNTERS, count=2)] * 4)
    today = RetentionDay.objects.get()
    assert (today.runs, today.deleted) == (4, 8)


def test_a_run_is_late_two_hours_after_the_next_one_should_have_come() -> None:
    with time_machine.travel(timezone.now() + 400 * DAY, tick=False) as clock:
        for rule in RULES:
            record_run(rule=rule, count=0)
        clock.shift(datetime.timedelta(hours=2, minutes=1))
        assert late() == set()
        clock.shift(datetime.timedelta(minutes=9))
        assert late() == {"bounce-reports"}
        clock.shift(datetime.timedelta(seconds=1))
        assert late() == {"bounce-reports", "stored-files", "exports", "imports"}
        clock.shift(datetime.timedelta(minutes=50))
        assert late() == {"bounce-reports", "stored-files", "exports", "imports", "counters", "selections"}
        clock.shift(datetime.timedelta(hours=23))
        assert late() == {rule.name for rule in RULES}


def test_what_never_ran_is_late_once_it_could_have_run() -> None:
    assert late() == set()
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        record_run(rule=FORMS, count=0)
        assert late() == {rule.name for rule in RULES} - {"forms"}


def test_what_was_deleted_in_thirty_days_is_added_up() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(31):
            record_run(rule=SESSIONS, count=2)
            clock.shift(DAY)
        clock.shift(-DAY)
        state = next(state for state in rule_states() if state.rule == SESSIONS)
    assert (state.deleted_recently, state.last and state.last.last_deleted) == (60, 2)


def test_the_runs_go_with_the_events() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        record_run(rule=EVENTS, count=0)
        clock.shift(730 * DAY)
        assert delete_old_runs() == 0
        clock.shift(DAY)
        assert delete_old_runs() == 1


def test_the_states_take_three_queries_however_many_runs_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for days in (1, 3):
        with time_machine.travel(NOON + days * DAY, tick=False), transaction.atomic():
            for rule in RULES:
                record_run(rule=rule, count=1)
            with django_assert_num_queries(3):
                rule_states()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (FORMS, "7 dni od zamknięcia formularza: aktywacji, unieważnienia albo upływu 30 dni bez aktywacji"),
        (STORED_FILES, "24 godziny od przygotowania pliku"),
        (EVENTS, "731 dni od zdarzenia"),
        (SESSIONS, "gdy sesja się skończy"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_period_in_words(rule: Rule, words: str) -> None:
    assert rule.kept == words
