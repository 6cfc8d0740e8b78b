import datetime
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.waiting import mask_email
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.mail import queue_example
from tests.helpers.receiver import ANYBODY, Receiver

pytestmark = pytest.mark.django_db


def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("mail", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("email", "masked"),
    [("jan.nowak@example.pl", "j…@example.pl"), ("@example.pl", "…@example.pl"), ("ż@ż.pl", "ż…@ż.pl")],
)
def test_an_address_is_masked(email: str, masked: str) -> None:
    assert mask_email(email) == masked


def test_an_empty_queue_is_told() -> None:
    assert shown() == "Waiting: 0\nRefused or given up in the last 7 days: 0\n"


def test_what_waits_and_what_was_refused_is_told_with_the_reason_and_no_address(mailbox: Receiver) -> None:
    refused, waiting = queue_example(EmailKind.ACTIVATION), queue_example(EmailKind.ACTIVATION)
    Email.objects.filter(pk=refused.pk).update(
        email="anna.nowak@example.pl", due_at=timezone.now() - datetime.timedelta(1)
    )
    Email.objects.filter(pk=waiting.pk).update(email="ewa.kowal@example.pl")
    mailbox.answer("RCPT", "anna.nowak@example.pl", "550 5.1.1 <anna.nowak@example.pl>: no such user")
    mailbox.answer("RCPT", "ewa.kowal@example.pl", "451 4.7.1 Greylisted, ewa.kowal@example.pl, try again")
    deliver_due()

    text = shown()

    assert "Waiting: 1\n" in text
    assert "e…@example.pl  deferred, tried 1 times, next 2" in text
    assert "passing: 451 4.7.1 Greylisted, … try again" in text
    assert "Refused or given up in the last 7 days: 1\n" in text
    assert "a…@example.pl  rejected, tried 1 times, ended 2" in text
    assert "address: 550 5.1.1 …: no such user" in text
    assert not [name for name in ("nowak", "kowal") if name in text]


@pytest.mark.usefixtures("empty_queue")
def test_what_waits_for_another_try_is_tried_at_once(mailbox: Receiver) -> None:
    message = queue_example(EmailKind.ACTIVATION)
    mailbox.answer("RCPT", ANYBODY, "451 4.3.0 Later")
    deliver_due()
    assert (deliver_due(), Email.objects.get().state) == (0, DeliveryState.DEFERRED)

    assert shown("retry").startswith("Due now: 1.")

    assert (deliver_due(), [received.recipient for received in mailbox.received]) == (1, [message.email])
    assert shown("retry").startswith("Due now: 0.")
