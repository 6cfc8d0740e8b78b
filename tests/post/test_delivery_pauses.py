import datetime

import pytest
import time_machine
from django.utils import timezone

from egzaminator.post.domain.deliver_due import deliver_due
from egzaminator.post.enums import State
from egzaminator.post.models import Message
from tests.letters import queue
from tests.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def test_the_pauses_between_tries_grow(mailbox: Receiver) -> None:
    mailbox.answer("RCPT", ANYBODY, *["451 4.3.0 Busy"] * 10)
    pauses = []

    with time_machine.travel(START, tick=False) as clock:
        queue()
        for _ in range(9):
            deliver_due()
            due_at = Message.objects.get().due_at
            pauses.append((due_at - timezone.now()) / MINUTE)
            clock.move_to(due_at - datetime.timedelta(seconds=1))
            assert deliver_due() == 0
            clock.move_to(due_at)

    assert Message.objects.get().attempts == 9
    expected = [1, 2, 5, 10, 20, 40, 60, 60, 60]
    assert all(least <= pause <= least * 1.1 for pause, least in zip(pauses, expected, strict=True)), pauses


def test_after_two_days_a_message_is_given_up_with_a_last_try_at_the_end(mailbox: Receiver) -> None:
    mailbox.stop()

    with time_machine.travel(START, tick=False) as clock:
        queue()
        while (message := Message.objects.get()).state != State.REJECTED:
            clock.move_to(message.due_at)
            last_try_at = timezone.now()
            deliver_due()

    assert last_try_at == START + datetime.timedelta(days=2)
    assert (message.reply_code, message.reply_text, message.content) == (None, "Connection refused", None)
    assert 45 < message.attempts < 60
    mailbox.start()


def test_a_message_that_no_worker_was_there_for_gets_its_try_however_late(mailbox: Receiver) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue()
        clock.shift(datetime.timedelta(days=3))

        assert deliver_due() == 1
