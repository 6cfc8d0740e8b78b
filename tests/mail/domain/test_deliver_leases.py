"""A message is leased to one sender at a time."""

import datetime
import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.mail.domain import deliver as module
from egzaminator.mail.domain.deliver import deliver_due, record_accepted, record_failure
from egzaminator.mail.domain.queue import LEASE, lease_emails, release_emails
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.mail import fields, queue
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_lease_keeps_others_away_until_it_ends(mailbox: Receiver) -> None:
    message = queue()
    (leased,) = lease_emails(most=100)
    assert fields(message, "state", "lease") == (DeliveryState.SENDING, leased.lease)

    assert deliver_due() == 0

    Email.objects.update(leased_until=timezone.now() - datetime.timedelta(seconds=1))
    assert deliver_due() == 1
    assert fields(message, "state", "attempts") == (DeliveryState.ACCEPTED, 1)
    assert len(mailbox.received) == 1


def test_a_lease_takes_no_more_than_asked_for_however_it_is_planned() -> None:
    queue("0@example.pl")
    with connection.cursor() as cursor:
        # After this the planner assumes a table of one row, and chooses a nested loop that it would otherwise avoid.
        cursor.execute("ANALYZE mail_email")
        for plan in ("hashjoin", "mergejoin", "material", "memoize"):
            cursor.execute(f"SET LOCAL enable_{plan} = off")
    for number in range(1, 5):
        queue(f"{number}@example.pl")

    assert [message.email for message in lease_emails(most=3)] == [f"{number}@example.pl" for number in range(3)]


def test_a_lease_lasts_two_minutes() -> None:
    queue()
    before = timezone.now()

    lease_emails(most=100)

    leased_until = Email.objects.get().leased_until
    assert leased_until is not None
    assert before + LEASE <= leased_until <= timezone.now() + datetime.timedelta(minutes=2)


def test_a_result_counts_only_while_the_lease_is_ours() -> None:
    message = queue()
    (leased,) = lease_emails(most=100)
    others = uuid.uuid4()
    Email.objects.update(lease=others)

    record_accepted([(leased, Reply(250, "Ok"))])
    record_failure(leased, Reply(550, "No"))
    release_emails([leased])

    assert fields(message, "state", "lease", "attempts") == (DeliveryState.SENDING, others, 0)


def test_a_message_given_back_is_due_again_as_it_was() -> None:
    fresh, tried = queue("1@example.pl"), queue("2@example.pl")
    Email.objects.filter(pk=tried.pk).update(attempts=1, state=DeliveryState.DEFERRED)

    release_emails(lease_emails(most=100))

    assert fields(fresh, "state", "attempts", "lease", "leased_until") == (DeliveryState.QUEUED, 0, None, None)
    assert fields(tried, "state", "attempts", "lease", "leased_until") == (DeliveryState.DEFERRED, 1, None, None)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(mailbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 5)
    addresses = [f"{number}@example.pl" for number in range(60)]
    for address in addresses:
        queue(address)
    ready = threading.Barrier(2)
    accepted: list[int] = []

    def send() -> None:
        try:
            ready.wait(10)
            accepted.append(deliver_due())
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)

    assert sum(accepted) == 60
    assert Counter(mailbox.recipients) == Counter(addresses)
    assert set(Email.objects.values_list("state", "attempts")) == {(DeliveryState.ACCEPTED, 1)}


@pytest.mark.django_db(transaction=True)
def test_what_another_is_just_leasing_is_passed_over_without_waiting() -> None:
    first, second = queue("1@example.pl"), queue("2@example.pl")
    is_leased, is_done = threading.Event(), threading.Event()

    def lease_slowly() -> None:
        with transaction.atomic():
            leased = lease_emails(most=1)
            is_leased.set()
            is_done.wait(10)
        assert [message.id for message in leased] == [first.pk]
        connection.close()

    other = threading.Thread(target=lease_slowly)
    other.start()
    is_leased.wait(10)
    leased = lease_emails(most=100)
    has_waited = not other.is_alive()
    is_done.set()
    other.join(10)

    assert [message.id for message in leased] == [second.pk]
    assert not has_waited
