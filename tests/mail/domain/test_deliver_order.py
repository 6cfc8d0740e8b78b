"""Which messages go first, and how far one run goes."""

import pytest

from egzaminator.mail.domain import deliver as module
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.queue import LeasedEmail, release_emails
from egzaminator.mail.enums import DeliveryState, Priority
from egzaminator.mail.models import Email
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver

pytestmark = pytest.mark.django_db


def test_what_somebody_waits_for_goes_first_then_the_oldest(mailbox: Receiver) -> None:
    queue("4@example.pl", priority=Priority.BULK)
    queue("2@example.pl", priority=Priority.NOTICE)
    queue("3@example.pl", priority=Priority.NOTICE)
    queue("1@example.pl", priority=Priority.ACCESS)

    deliver_due()

    assert mailbox.recipients == [f"{number}@example.pl" for number in (1, 2, 3, 4)]


def test_one_connection_carries_many_batches(mailbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 3)
    for number in range(10):
        queue(f"{number}@example.pl", priority=Priority.BULK)

    assert deliver_due() == 10

    assert (len(mailbox.received), mailbox.connections) == (10, 1)


def test_a_slow_batch_makes_way_for_what_somebody_waits_for(mailbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH_SECONDS", 0)
    for number in range(3):
        queue(f"{number}@example.pl", priority=Priority.BULK)
    urgent: list[Email] = []

    def release_while_one_arrives(rest: list[LeasedEmail]) -> None:
        release_emails(rest)
        if not urgent:
            urgent.append(queue("urgent@example.pl", priority=Priority.ACCESS))

    monkeypatch.setattr(module, "release_emails", release_while_one_arrives)

    assert deliver_due() == 4

    assert mailbox.recipients == ["0@example.pl", "urgent@example.pl", "1@example.pl", "2@example.pl"]
    assert set(Email.objects.values_list("state", "attempts")) == {(DeliveryState.ACCEPTED, 1)}


def test_a_run_with_a_limit_leaves_the_rest(mailbox: Receiver) -> None:
    queue()

    assert deliver_due(seconds=0) == 0
    assert mailbox.connections == 0
