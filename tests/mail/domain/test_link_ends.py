"""No e-mail is sent after a link in it has expired. Checked for every kind of e-mail."""

import datetime

import pytest
import time_machine

from egzaminator.accounts.models import Link
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.factories import make_claim, make_examiner
from tests.helpers.mail import carries_link, queue_example
from tests.helpers.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ENDS_AT = START + datetime.timedelta(hours=24)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("kind", EmailKind)
@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "550 Sender verify failed", "421 4.3.2 Closed"])
def test_an_e_mail_is_not_tried_after_its_link_has_ended(mailbox: Receiver, kind: EmailKind, answer: str) -> None:
    tried_at = []
    with time_machine.travel(START, tick=False) as clock:
        message = queue_example(kind, ends_at=ENDS_AT)
        assert message.expires_at == (ENDS_AT if carries_link(kind) else None)
        for _ in range(60):
            mailbox.forget_answers()
            mailbox.answer("RCPT", ANYBODY, answer, answer)  # the second one is for the fixed sender
            deliver_due()
            tried_at.append(datetime.datetime.now(tz=datetime.UTC))
            message.refresh_from_db()
            if message.state != DeliveryState.DEFERRED:
                break
            clock.move_to(message.due_at)

    if carries_link(kind):
        assert max(tried_at) < ENDS_AT
        assert (message.state, message.cause, message.content) == (DeliveryState.REJECTED, Cause.LAPSED, None)
    else:
        assert max(tried_at) > ENDS_AT


@pytest.mark.parametrize("kind", EmailKind)
def test_an_e_mail_that_was_not_tried_until_then_is_not_sent(mailbox: Receiver, kind: EmailKind) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue_example(kind, ends_at=ENDS_AT)
        clock.move_to(ENDS_AT)

        assert deliver_due() == (not carries_link(kind))

    assert len(mailbox.received) == (not carries_link(kind))


def test_the_end_is_that_of_the_link_which_the_product_made() -> None:
    make_claim(make_examiner())

    assert Email.objects.get().expires_at == Link.objects.get().expires_at
