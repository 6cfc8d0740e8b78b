import datetime

import pytest
import time_machine
from django.utils import timezone

from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.mail import queue, queue_example
from tests.helpers.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_pauses_between_tries_grow(mailbox: Receiver) -> None:
    mailbox.answer("RCPT", ANYBODY, *["451 4.3.0 Busy"] * 10)
    pauses = []

    with time_machine.travel(START, tick=False) as clock:
        queue()
        for _ in range(9):
            deliver_due()
            due_at = Email.objects.get().due_at
            pauses.append((due_at - timezone.now()) / MINUTE)
            clock.move_to(due_at - datetime.timedelta(seconds=1))
            assert deliver_due() == 0
            clock.move_to(due_at)

    assert Email.objects.get().attempts == 9
    expected = [1, 2, 5, 10, 20, 40, 60, 60, 60]
    assert all(least <= pause <= least * 1.1 for pause, least in zip(pauses, expected, strict=True)), pauses


def run_until_given_up(clock: time_machine.Traveller) -> datetime.datetime:
    while (message := Email.objects.get()).state != DeliveryState.REJECTED:
        clock.move_to(message.due_at)
        last_try_at = timezone.now()
        deliver_due()
    return last_try_at


def test_after_two_days_a_message_is_given_up_with_a_last_try_at_the_end(mailbox: Receiver) -> None:
    mailbox.answer("RCPT", ANYBODY, *["451 4.7.1 Greylisted"] * 100)

    with time_machine.travel(START, tick=False) as clock:
        queue()
        last_try_at = run_until_given_up(clock)

    message = Email.objects.get()
    assert last_try_at == START + datetime.timedelta(days=2)
    assert (message.reply_code, message.reply_text, message.content) == (451, "4.7.1 Greylisted", None)
    assert message.cause == Cause.PASSING
    assert 45 < message.attempts < 60


def test_a_server_that_is_away_for_longer_loses_nothing(mailbox: Receiver) -> None:
    mailbox.stop()
    with time_machine.travel(START, tick=False) as clock:
        queue()
        while timezone.now() < START + datetime.timedelta(days=5):
            clock.move_to(Email.objects.get().due_at)
            deliver_due()
        mailbox.start()
        # The server that comes back greylists. It still has its two days for that.
        mailbox.answer("RCPT", ANYBODY, "451 4.7.1 Greylisted")
        clock.move_to(Email.objects.get().due_at)
        deliver_due()
        assert Email.objects.get().state == DeliveryState.DEFERRED
        clock.move_to(Email.objects.get().due_at)
        deliver_due()

    assert Email.objects.get().state == DeliveryState.ACCEPTED
    assert len(mailbox.received) == 1


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "550 Sender verify failed"])
def test_no_try_comes_after_the_link_has_ended(mailbox: Receiver, answer: str) -> None:
    mailbox.answer("RCPT", ANYBODY, *[answer] * 1000)

    with time_machine.travel(START, tick=False) as clock:
        ends_at = START + datetime.timedelta(hours=24)
        queue_example(EmailKind.RESET, ends_at=ends_at)
        last_try_at = run_until_given_up(clock)

    message = Email.objects.get()
    assert ends_at - datetime.timedelta(minutes=66) < last_try_at < ends_at
    assert (message.cause, message.content) == (Cause.LAPSED, None)


def test_a_message_that_no_worker_was_there_for_until_its_link_ended_is_not_sent(mailbox: Receiver) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue("anna@example.pl")
        clock.move_to(START + datetime.timedelta(days=7))
        queue("jan@example.pl")
        assert deliver_due() == 1

    given_up = Email.objects.get(email="anna@example.pl")
    assert (given_up.state, given_up.cause, given_up.content, given_up.attempts) == (
        DeliveryState.REJECTED,
        Cause.LAPSED,
        None,
        0,
    )
    assert mailbox.recipients == ["jan@example.pl"]


def test_a_message_that_no_worker_was_there_for_gets_its_try_however_late(mailbox: Receiver) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue()
        clock.shift(datetime.timedelta(days=3))

        assert deliver_due() == 1
