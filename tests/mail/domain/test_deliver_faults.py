"""A mail server that hangs up, is silent or is not there."""

import pytest
from django.utils import timezone

from egzaminator.mail.domain import deliver as module
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.mail import fields, queue
from tests.helpers.receiver import ANYBODY, DROP, Receiver

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("ending", [DROP, "421 4.7.0 Enough for one connection"])
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_server_that_closes_the_connection_is_called_again_at_once(
    mailbox: Receiver, command: str, ending: str
) -> None:
    messages = [queue("anna@example.pl"), queue("jan@example.pl")]
    mailbox.answer(command, ANYBODY, "250 Fine", ending)

    assert deliver_due() == 2

    assert [fields(message, "state", "attempts") for message in messages] == [(DeliveryState.ACCEPTED, 1)] * 2
    assert (mailbox.recipients, mailbox.connections) == (["anna@example.pl", "jan@example.pl"], 2)


def test_a_message_whose_answer_never_came_is_put_off_and_the_next_one_sent(
    mailbox: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "egzaminator")
    first, lost, last = queue("1@example.pl"), queue("2@example.pl"), queue("3@example.pl")
    mailbox.answer("CONTENT", "2@example.pl", DROP)

    assert deliver_due() == 2

    assert [fields(message, "state", "attempts") for message in (first, last)] == [(DeliveryState.ACCEPTED, 1)] * 2
    assert fields(lost, "state", "attempts", "reply_code", "reply_text") == (
        DeliveryState.DEFERRED,
        1,
        None,
        "Connection unexpectedly closed",
    )
    assert caplog.messages == [f"E-mail {lost.pk} is deferred (Connection unexpectedly closed), tried 1 times"]


@pytest.mark.parametrize("pipelining", [False, True])
def test_the_code_of_a_server_that_closes_stays_with_the_message(
    mailbox: Receiver,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    message = queue("anna@example.pl")
    mailbox.answer("RCPT", ANYBODY, "421 4.7.0 Come later")

    assert deliver_due() == 0

    assert fields(message, "state", "attempts", "reply_code", "reply_text", "cause") == (
        DeliveryState.DEFERRED,
        1,
        421,
        "4.7.0",
        Cause.PASSING,
    )


def test_connections_lost_again_and_again_are_the_servers_fault(mailbox: Receiver) -> None:
    for number in range(10):
        queue(f"{number}@example.pl")
    mailbox.answer("MAIL", ANYBODY, *[DROP] * 10)

    assert deliver_due() == 0

    assert mailbox.connections == 3
    assert set(Email.objects.values_list("state", "attempts", "reply_code")) == {(DeliveryState.DEFERRED, 1, None)}


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("connect", "554 5.3.2 Not now", "554 5.3.2"),
        ("connect", DROP, "Connection unexpectedly closed"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first", "530 5.7.0"),
    ],
)
def test_a_server_that_lets_nobody_in_is_asked_once_for_all(
    mailbox: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    command: str,
    answer: str,
    reason: str,
) -> None:
    monkeypatch.setattr(module, "_BATCH", 3)
    for number in range(5):
        queue(f"{number}@example.pl")
    mailbox.answer(command, ANYBODY, *[answer] * 5)

    assert deliver_due() == 0

    assert mailbox.connections == 1
    assert set(Email.objects.values_list("state", "attempts", "reply_code", "reply_text", "lease")) == {
        (DeliveryState.DEFERRED, 1, None, reason, None)
    }
    waits, waits_too = [f"The mail server is unavailable ({reason}); {count} e-mails wait" for count in (3, 2)]
    assert [caplog.messages[0], caplog.messages[-1]] == [waits, waits_too]
    (alarm,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert alarm.getMessage().startswith(f"E-mail does not go out ({reason}).")


def test_a_dead_server_loses_nothing(mailbox: Receiver) -> None:
    message = queue()
    mailbox.stop()

    assert deliver_due() == 0
    assert fields(message, "state", "reply_code", "reply_text") == (DeliveryState.DEFERRED, None, "Connection refused")

    mailbox.start()
    Email.objects.update(due_at=timezone.now())
    assert deliver_due() == 1
    assert mailbox.received[0].email["Message-ID"] == message.message_id


def test_a_silent_server_is_hung_up_on_before_the_lease_ends(
    mailbox: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SENDING_SECONDS", 0.2)
    message = queue("anna@example.pl")
    mailbox.hold("anna@example.pl")

    assert deliver_due() == 0

    assert fields(message, "state", "attempts", "reply_text") == (
        DeliveryState.DEFERRED,
        1,
        "Connection unexpectedly closed",
    )
