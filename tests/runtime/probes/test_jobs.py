import datetime

import pytest
from django.db import connection
from django.utils import timezone

from egzaminator.core.probes import Level
from egzaminator.runtime.jobs import start_job
from egzaminator.runtime.probes.jobs import check_jobs, check_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]
MINUTE = datetime.timedelta(minutes=1)


def execute(statement: str, *parameters: str | int | datetime.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def heartbeat(ago: datetime.timedelta) -> None:
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", timezone.now() - ago)


def installed(ago: datetime.timedelta) -> None:
    execute("UPDATE django_migrations SET applied = %s WHERE app = 'procrastinate'", timezone.now() - ago)


def test_without_a_worker_no_email_goes_out() -> None:
    assert (check_worker().level, check_worker().figures) == (Level.CRITICAL, {"workers": 0})


def test_a_worker_that_fell_silent_counts_as_none() -> None:
    heartbeat(2 * MINUTE)
    assert (check_worker().level, check_worker().figures["workers"]) == (Level.CRITICAL, 0)
    assert check_worker().figures["worker_heartbeat_age_seconds"] >= 120


def test_workers_that_live_are_counted() -> None:
    heartbeat(MINUTE / 6)
    heartbeat(MINUTE / 10)
    heartbeat(3 * MINUTE)
    assert (check_worker().level, check_worker().words) == (Level.OK, "2 workers at work.")


def test_a_new_installation_has_missed_nothing() -> None:
    installed(MINUTE)
    assert (check_jobs().level, check_jobs().words) == (Level.OK, "Jobs run in time.")


def test_jobs_that_were_never_begun_are_late_once_their_time_is_past() -> None:
    installed(2 * MINUTE * 60 * 24)
    finding = check_jobs()
    assert finding.level is Level.WARNING
    assert "mail.deliver_again" in finding.words  # each minute
    assert "mail.delete_old_emails" in finding.words  # each night
    every = finding.figures["jobs_late"]
    execute(
        "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id) VALUES (%s, %s, '')",
        "mail.deliver_again",
        int((timezone.now() - MINUTE).timestamp()),
    )
    finding = check_jobs()
    assert ("mail.deliver_again" in finding.words, finding.figures["jobs_late"]) == (False, every - 1)


def test_a_job_that_nobody_takes_up_is_told() -> None:
    installed(MINUTE)
    start_job(task="mail.deliver")
    assert check_jobs().level is Level.OK
    execute("UPDATE procrastinate_events SET at = %s", timezone.now() - 20 * MINUTE)
    assert (check_jobs().level, check_jobs().words) == (
        Level.WARNING,
        "Jobs are not in order; the oldest has been waiting for 20 minutes.",
    )


def test_failed_jobs_are_counted_by_task() -> None:
    installed(MINUTE)
    start_job(task="mail.deliver")
    start_job(task="mail.deliver")
    execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert (check_jobs().level, check_jobs().words) == (
        Level.WARNING,
        "Jobs are not in order; failed in the last day: mail.deliver (2).",
    )
