import uuid

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from egzaminator.core.encryption import decrypt
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import DeliveryState, Priority
from egzaminator.mail.models import Email, content_context
from tests.helpers.mail import LINK, queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def jobs() -> list[tuple[str, dict[str, object], int, str | None, str | None]]:
    return list(
        ProcrastinateJob.objects.filter(status="todo").values_list(
            "task_name", "args", "priority", "lock", "queueing_lock"
        )
    )


def test_an_email_is_a_row_before_it_is_sent() -> None:
    about = uuid.uuid4()

    message = queue("anna@example.pl", related_id=about)

    row = Email.objects.get()
    assert (row.kind, row.related_id, row.email, row.recipient_name) == (
        EmailKind.ACTIVATION,
        about,
        "anna@example.pl",
        "Anna Łukasik",
    )
    assert (row.state, row.attempts, row.priority) == (DeliveryState.QUEUED, 0, Priority.ACCESS)
    assert row.message_id == f"<{message.pk.hex}@localhost>"
    assert row.subject == message.subject


def test_what_carries_a_link_is_kept_encrypted() -> None:
    queue()

    row = Email.objects.get()
    assert LINK.encode() not in bytes(row.content)
    assert LINK in decrypt(bytes(row.content), context=content_context(row.pk))


def test_a_job_without_arguments_or_locks_delivers_it() -> None:
    queue()

    assert jobs() == [("mail.deliver", {}, 0, None, None)]


def test_jobs_for_what_nobody_waits_for_stand_behind() -> None:
    queue(priority=Priority.NOTICE)
    queue(priority=Priority.BULK)

    assert [priority for _, _, priority, _, _ in jobs()] == [-10, -20]


def test_queueing_costs_one_row_and_one_job(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        queue()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_neither_row_nor_job() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert not Email.objects.exists()
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_within_a_worker_too_the_job_belongs_to_the_transaction() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()), transaction.atomic():
        queue()
        assert len(jobs()) == 1
        transaction.set_rollback(True)

    assert jobs() == []


@pytest.mark.parametrize(
    "address",
    ["żaneta@example.pl", "a\r\nRCPT TO:<b@example.pl>", "a\0@example.pl", f"{'a' * 400}@example.pl", "", "@"],
)
def test_an_address_that_no_server_takes_is_refused_at_once(address: str) -> None:
    queue(address)

    row = Email.objects.get()
    assert (row.state, row.reply_code, row.content) == (DeliveryState.REJECTED, 553, None)
    assert jobs() == []


def test_hostile_names_fit_into_the_row() -> None:
    queue(recipient_name="Anna\r\nBcc: x@example.pl\0" + "ż" * 500)

    row = Email.objects.get()
    assert row.recipient_name == ("Anna Bcc: x@example.pl " + "ż" * 500)[:210]
    content = decrypt(bytes(row.content), context=content_context(row.pk))
    assert "\r\nBcc:" not in content
