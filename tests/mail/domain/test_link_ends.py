"""No e-mail is sent after a link in it has expired. Checked for every kind of e-mail."""

import datetime
from typing import Any

import pytest
import time_machine

from egzaminator.accounts.models import Link
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.render import OneTimeUrl, public_url
from egzaminator.mail.enums import Cause, DeliveryState, EmailKind
from egzaminator.mail.models import Email
from tests.helpers.factories import make_claim, make_examiner
from tests.helpers.mail import CONTEXTS, one_time, queue
from tests.helpers.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ENDS_AT = START + datetime.timedelta(hours=24)
WITHOUT_LINKS = {
    EmailKind.ACCOUNT_FROZEN,
    EmailKind.CLAIM_STOPPED,
    EmailKind.BOARD_CONTACT,
    EmailKind.FROZEN_NOTICE,  # nothing is left to freeze
    EmailKind.DELETION_NOTICE,  # whoever objects logs in, or calls
}

pytestmark = pytest.mark.django_db


def context_of(kind: EmailKind) -> dict[str, Any]:
    context: dict[str, Any] = dict(CONTEXTS[kind])
    for name in ("link", "freeze"):
        if name in context:
            context[name] = one_time(context[name], ends_at=ENDS_AT)
    return context


def test_every_kind_is_walked_and_the_others_carry_a_link() -> None:
    assert set(CONTEXTS) == set(EmailKind)
    carriers = {kind for kind in EmailKind if any(isinstance(value, OneTimeUrl) for value in context_of(kind).values())}
    assert set(EmailKind) - carriers == WITHOUT_LINKS


@pytest.mark.parametrize("kind", EmailKind)
@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "550 Sender verify failed", "421 4.3.2 Closed"])
def test_an_e_mail_is_not_tried_after_its_link_has_ended(mailbox: Receiver, kind: EmailKind, answer: str) -> None:
    tried_at = []
    with time_machine.travel(START, tick=False) as clock:
        message = queue(kind=kind, context=context_of(kind))
        assert message.expires_at == (None if kind in WITHOUT_LINKS else ENDS_AT)
        for _ in range(60):
            mailbox.answer("RCPT", ANYBODY, answer)
            deliver_due()
            tried_at.append(datetime.datetime.now(tz=datetime.UTC))
            message.refresh_from_db()
            if message.state != DeliveryState.DEFERRED:
                break
            clock.move_to(message.due_at)

    if kind in WITHOUT_LINKS:
        assert max(tried_at) > ENDS_AT
    else:
        assert max(tried_at) < ENDS_AT
        assert (message.state, message.cause, message.content) == (DeliveryState.REJECTED, Cause.LAPSED, None)


@pytest.mark.parametrize("kind", EmailKind)
def test_an_e_mail_that_was_not_tried_until_then_is_not_sent(mailbox: Receiver, kind: EmailKind) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue(kind=kind, context=context_of(kind))
        clock.move_to(ENDS_AT)

        assert deliver_due() == (kind in WITHOUT_LINKS)

    assert len(mailbox.received) == (kind in WITHOUT_LINKS)


def test_the_end_is_that_of_the_link_which_the_product_made() -> None:
    make_claim(make_examiner())

    assert Email.objects.get().expires_at == Link.objects.get().expires_at


def test_a_link_that_does_not_say_when_it_ends_is_not_mailed() -> None:
    with pytest.raises(TypeError, match="link"):
        queue(context={"link": public_url("/a/abcdefghijklmnopqrstuv/"), "saved_at": START, "expires_at": ENDS_AT})

    assert Email.objects.count() == 0
