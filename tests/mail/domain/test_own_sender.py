"""Each e-mail has a sender of its own; a mail server that refuses it gets the fixed one, and nothing waits for it."""

import pytest

from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.domain.return_path import return_path_of
from egzaminator.mail.enums import BounceTrouble, DeliveryState
from egzaminator.mail.models import BounceAlarm, Email
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, Receiver

pytestmark = pytest.mark.django_db
FIXED = "nie-odpowiadaj@localhost"


@pytest.mark.parametrize("pipelining", [False, True])
def test_a_server_that_refuses_own_senders_gets_the_fixed_one_at_once(
    mailbox: Receiver,
    caplog: pytest.LogCaptureFixture,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    queue("anna@example.pl")
    queue("jan@example.pl")
    mailbox.answer("MAIL", ANYBODY, "553 5.7.1 <bounce@localhost>: Sender address rejected: not owned by user oke")

    assert deliver_due() == 2

    assert [received.sender for received in mailbox.received] == [FIXED, FIXED]
    assert mailbox.connections == 1
    assert current_outage() is None
    (alarm,) = BounceAlarm.objects.all()
    assert alarm.trouble == BounceTrouble.RETURN_PATH
    assert alarm.reply == "553 5.7.1 …: Sender address rejected: not owned by user oke"
    (error,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert error.startswith("E-mails that come back are not noticed (553 5.7.1): ")
    assert "@" not in caplog.text


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT", "550 5.1.8 Sender address rejected: Domain not found"),
        ("RCPT", "550 Sender verify failed"),
        ("CONTENT", "550 5.7.60 Client does not have permissions to send as this sender: send as denied"),
    ],
)
def test_a_refusal_of_the_sender_behind_the_recipient_changes_this_e_mail_alone(
    mailbox: Receiver, command: str, answer: str
) -> None:
    anna = queue("anna@example.pl")
    jan = queue("jan@example.pl")
    mailbox.answer(command, "anna@example.pl", answer)

    assert deliver_due() == 2

    own = return_path_of(row_id=jan.pk, email=jan.email).own
    assert {(one.recipient, one.sender) for one in mailbox.received} == {(anna.email, FIXED), (jan.email, own)}
    assert BounceAlarm.objects.filter(trouble=BounceTrouble.RETURN_PATH).exists()


def test_a_server_that_refuses_both_senders_keeps_everything_waiting(mailbox: Receiver) -> None:
    queue()
    mailbox.answer("MAIL", ANYBODY, *["550 5.1.0 Sender unknown"] * 2)

    assert deliver_due() == 0

    assert Email.objects.get().state == DeliveryState.DEFERRED
    assert current_outage() is not None
    assert not BounceAlarm.objects.exists()


def test_the_alarm_ends_when_own_senders_are_accepted_again(mailbox: Receiver) -> None:
    queue()
    mailbox.answer("MAIL", ANYBODY, "550 5.1.0 Sender unknown")
    deliver_due()
    assert BounceAlarm.objects.exists()

    queue()
    deliver_due()

    assert not BounceAlarm.objects.exists()


def test_another_refusal_does_not_change_the_sender(mailbox: Receiver) -> None:
    message = queue()
    mailbox.answer("RCPT", ANYBODY, "550 5.1.1 No such user")

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.REJECTED
    assert not mailbox.received
