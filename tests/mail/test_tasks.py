from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from egzaminator.mail import tasks
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.runtime.jobs import start_job
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue", "short_connections"),
    pytest.mark.slow,
]


@pytest.fixture
def short_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close a worker's connections after each job, because its threads end with the test."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


def work() -> None:
    """Run a worker as `manage.py worker` does, until no job is left."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def statuses(task: str) -> list[str]:
    return list(ProcrastinateJob.objects.filter(task_name=task).order_by("id").values_list("status", flat=True))


def execute(sql: str, *parameters: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def test_a_worker_delivers_what_was_queued(mailbox: Receiver) -> None:
    queue("anna@example.pl")
    queue("jan@example.pl")

    work()

    assert sorted(mailbox.recipients) == ["anna@example.pl", "jan@example.pl"]
    assert statuses("mail.deliver") == ["succeeded", "succeeded"]


def test_every_minute_due_mail_goes_out_and_stalled_jobs_start_again() -> None:
    schedule = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert schedule["mail.deliver_again"] == "* * * * *"
    assert schedule["mail.retry_stalled_jobs"] == "* * * * *"
    assert len(schedule["mail.delete_finished_jobs"].split()[:2]) == 2


def test_what_was_put_off_is_sent_when_its_minute_comes(mailbox: Receiver) -> None:
    mailbox.stop()
    queue()
    deliver_due()
    mailbox.start()
    Email.objects.update(due_at="2026-01-01T00:00Z")

    tasks.deliver_again(timestamp=0)

    assert Email.objects.get().state == DeliveryState.ACCEPTED


def test_a_long_delivery_goes_on_in_another_job(mailbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_SECONDS", 0)
    queue()
    assert statuses("mail.deliver") == ["todo"]

    tasks.deliver()

    assert statuses("mail.deliver") == ["todo", "todo"]


def test_a_finished_delivery_asks_for_no_more(mailbox: Receiver) -> None:
    queue()

    tasks.deliver()

    assert statuses("mail.deliver") == ["todo"]


def test_a_killed_workers_job_starts_again(mailbox: Receiver) -> None:
    start_job(task="mail.deliver")
    ((dead,),) = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
    )
    execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", dead)
    assert statuses("mail.deliver") == ["doing"]

    app.configure_task("mail.retry_stalled_jobs").defer(timestamp=0)
    work()

    assert statuses("mail.deliver") == ["succeeded"]


def test_a_job_under_way_is_left_alone(mailbox: Receiver) -> None:
    start_job(task="mail.deliver")
    ((alive,),) = execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", alive)

    app.configure_task("mail.retry_stalled_jobs").defer(timestamp=0)
    work()

    assert statuses("mail.deliver") == ["doing"]


def test_a_killed_workers_job_that_waits_anew_already_is_closed(mailbox: Receiver) -> None:
    app.configure_task("mail.deliver", queueing_lock="one").defer()
    execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)")
    app.configure_task("mail.deliver", queueing_lock="one").defer()

    app.configure_task("mail.retry_stalled_jobs", priority=1).defer(timestamp=0)
    work()

    assert statuses("mail.deliver") == ["failed", "succeeded"]


def test_jobs_that_ended_long_ago_are_deleted_with_their_arguments(settings: Settings) -> None:
    for age in ("25 hours", "23 hours"):
        start_job(task="mail.deliver")
        ((job,),) = execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)")
        execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", job)
        execute("UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id = %s RETURNING id", age, job)

    app.configure_task("mail.delete_finished_jobs").defer(timestamp=0)
    work()

    assert statuses("mail.deliver") == ["failed"]
