import logging
from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, connection

from egzaminator.core import probes
from egzaminator.core.probes import Cost, Finding, Level, all_probes, probe
from egzaminator.runtime.health import ask_probes, describe_health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    all_probes()  # every folder's are imported now, and never again
    monkeypatch.setattr(probes, "_declared", {})


def declare(
    name: str, found: Callable[[], Finding | None], *, cost: Cost = Cost.QUICK, is_essential: bool = False
) -> None:
    probe(name, cost=cost, is_essential=is_essential)(found)


def test_no_two_probes_have_one_name() -> None:
    declare("one", lambda: None)
    with pytest.raises(ValueError, match="two probes are called one"):
        declare("one", lambda: None)


def test_a_question_that_does_not_arise_has_no_answer() -> None:
    declare("none", lambda: None)
    health = ask_probes(most=Cost.QUICK)
    assert (list(health.answers), health.level, health.is_ready) == ([], Level.OK, True)


def test_dearer_probes_are_asked_by_fewer() -> None:
    for cost in Cost:
        declare(cost.name, lambda: Finding("fine"), cost=cost)
    asked = {most: [answer.probe.name for answer in ask_probes(most=most).answers] for most in Cost}
    assert asked == {
        Cost.QUICK: ["QUICK"],
        Cost.SLOW: ["QUICK", "SLOW"],
        Cost.REMOTE: ["QUICK", "REMOTE", "SLOW"],
    }


@pytest.mark.parametrize(
    ("levels", "total"),
    [
        ([Level.OK, Level.OK], Level.OK),
        ([Level.OK, Level.UNKNOWN], Level.UNKNOWN),
        ([Level.WARNING, Level.UNKNOWN], Level.WARNING),
        ([Level.WARNING, Level.CRITICAL, Level.UNKNOWN], Level.CRITICAL),
    ],
)
def test_the_level_is_that_of_the_gravest(levels: list[Level], total: Level) -> None:
    for number, level in enumerate(levels):
        declare(str(number), lambda level=level: Finding("so", level))  # type: ignore[misc]  # a bound default
    assert ask_probes(most=Cost.QUICK).level is total


@pytest.mark.parametrize(
    ("level", "is_essential", "is_ready"),
    [
        (Level.CRITICAL, True, False),
        (Level.CRITICAL, False, True),
        (Level.WARNING, True, True),
        (Level.UNKNOWN, True, True),
    ],
)
def test_only_what_is_essential_and_critical_forbids_pages(level: Level, *, is_essential: bool, is_ready: bool) -> None:
    declare("one", lambda: Finding("so", level), is_essential=is_essential)
    assert ask_probes(most=Cost.QUICK).is_ready is is_ready


def test_a_table_that_is_not_there_forbids_pages_and_spoils_no_other_answer() -> None:
    def missing() -> Finding | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM no_such_table")
        return None

    def other() -> Finding | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Finding("fine")

    declare("a", missing)
    declare("b", other)
    health = ask_probes(most=Cost.QUICK)
    assert [answer.finding.level for answer in health.answers] == [Level.CRITICAL, Level.OK]
    assert not health.is_ready
    assert health.answers[0].finding.cure.startswith("Run `egzaminator migrate`")


def test_when_the_database_is_away_only_that_is_said_and_no_secret() -> None:
    def away() -> Finding:
        try:
            psycopg.connect("postgresql://egzaminator:s3cret@127.0.0.1:1/x", connect_timeout=2)
        except psycopg.OperationalError as error:
            raise OperationalError(*error.args) from error
        return Finding("fine")

    declare("database", away, is_essential=True)
    declare("needing", lambda: Finding("fine"))
    probe("not-needing", needs_database=False)(lambda: Finding("fine"))
    health = ask_probes(most=Cost.QUICK)
    assert [answer.probe.name for answer in health.answers] == ["database", "not-needing"]
    assert not health.is_ready
    assert health.answers[0].finding.words.startswith("The database does not answer: ")
    assert "s3cret" not in health.answers[0].finding.words


@pytest.mark.django_db(transaction=True)
def test_a_server_that_shuts_down_meanwhile_is_away() -> None:
    def ends() -> Finding | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return None

    declare("database", ends, is_essential=True)
    declare("needing", lambda: Finding("fine"))
    health = ask_probes(most=Cost.QUICK)
    connection.close()
    assert ([answer.probe.name for answer in health.answers], health.is_ready) == (["database"], False)


def test_a_probe_that_fails_hides_no_other_answer(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> Finding:
        raise KeyError("x")

    declare("a", fails, is_essential=True)
    declare("b", lambda: Finding("fine"))
    health = ask_probes(most=Cost.QUICK)
    assert [answer.finding.level for answer in health.answers] == [Level.UNKNOWN, Level.OK]
    assert health.is_ready
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "The probe a failed")
    ]


def test_a_statement_that_the_server_refuses_does_not_mean_that_it_is_away() -> None:
    def too_slow() -> Finding:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(10)")
        return Finding("fine")

    declare("a", too_slow)
    declare("b", lambda: Finding("fine"))
    health = ask_probes(most=Cost.QUICK)
    assert [answer.finding.level for answer in health.answers] == [Level.UNKNOWN, Level.OK]
    assert health.is_ready


def test_the_lines_say_the_sum_first_and_the_cure_below_a_problem() -> None:
    declare("disk", lambda: Finding("1.0 of 10.0 GiB are free.", Level.WARNING, "Make room."))
    declare("worker", lambda: Finding("1 worker at work."))
    first, *lines = describe_health(ask_probes(most=Cost.QUICK)).splitlines()
    assert first.endswith(": WARNING, 1 of 2 need attention")
    assert lines == [
        "WARNING   disk    1.0 of 10.0 GiB are free.",
        "                  → Make room.",
        "OK        worker  1 worker at work.",
    ]
