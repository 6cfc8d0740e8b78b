"""Whatever a mail server answers, in any order: nothing is lost or sent twice, no recipient is blamed for our fault."""

import datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email, Outage
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, DROP, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ADDRESSES = ["1@example.pl", "2@example.pl"]
OF_US = [
    ("connect", "554 5.7.1 Go away"),
    ("EHLO", "550 Who?"),
    ("MAIL", "550 5.1.1 Unknown"),
    ("MAIL", "451 4.3.0 Later"),
    ("MAIL", "535 5.7.8 No"),
    ("RCPT", "550 Sender verify failed"),
    ("RCPT", "454 4.7.1 Relay access denied"),
    ("CONTENT", "550 5.7.26 SPF"),
]
PASSING = [("RCPT", "451 4.2.0 Greylisted"), ("CONTENT", "452 4.2.2 Full"), ("RCPT", "421 4.3.2 Bye"), ("RCPT", DROP)]
FINAL = [("RCPT", "550 5.1.1 User unknown"), ("CONTENT", "552 5.3.4 Too big")]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.sampled_from(OF_US + PASSING + FINAL), max_size=8), pipelining=st.booleans())
def test_every_message_ends_rightly(mailbox: Receiver, answers: list[tuple[str, str]], *, pipelining: bool) -> None:
    Email.objects.all().delete()
    Outage.objects.all().delete()
    mailbox.received.clear()
    mailbox.forget_answers()
    mailbox.pipelining = pipelining
    with time_machine.travel(START, tick=False) as clock:
        for address in ADDRESSES:
            queue(address)
        for command, answer in answers:
            mailbox.answer(command, ANYBODY, answer)
            deliver_due()
            clock.shift(datetime.timedelta(hours=2))
        mailbox.forget_answers()
        for _ in range(3):
            deliver_due()
            clock.shift(datetime.timedelta(hours=2))

    refused = set()
    for message in Email.objects.all():
        assert message.content is None
        if message.state == DeliveryState.REJECTED:
            assert message.cause in {Cause.ADDRESS, Cause.CONTENT}
            refused.add(message.email)
        else:
            assert message.state == DeliveryState.ACCEPTED
    assert sorted(mailbox.recipients) == sorted(set(ADDRESSES) - refused)
    assert len(refused) <= sum(answer in FINAL for answer in answers)
    assert current_outage() is None
