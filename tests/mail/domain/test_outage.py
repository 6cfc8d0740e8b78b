"""E-mails refused through our fault: none is lost, no recipient is blamed, one alarm is raised, they go out later."""

import datetime

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.domain.status import describe_delivery
from egzaminator.mail.enums import Cause, DeliveryState, Trouble
from egzaminator.mail.models import Email, Outage
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ADDRESSES = [f"{number}@example.pl" for number in range(5)]
BEFORE_THE_RECIPIENT = [
    ("connect", "554 5.7.1 Go away", Trouble.CONNECTION),
    ("connect", "421 4.3.2 Closed", Trouble.CONNECTION),
    ("EHLO", "550 I do not know you", Trouble.CONNECTION),
    ("MAIL", "550 5.1.0 Sender unknown", Trouble.SENDER),
    ("MAIL", "550 5.1.1 User unknown", Trouble.SENDER),
    ("MAIL", "501 Syntax error in sender", Trouble.SENDER),
    ("MAIL", "553 5.1.8 Domain of sender address does not exist", Trouble.SENDER),
    ("MAIL", "552 5.2.2 Over quota", Trouble.SENDER),
    ("MAIL", "450 4.1.8 Sender address rejected: Domain not found", Trouble.SENDER),
    ("MAIL", "530 5.7.0 Authentication required", Trouble.LOGIN),
    ("MAIL", "535 5.7.8 Authentication failed", Trouble.LOGIN),
]
IN_ITS_WORDS = [
    ("RCPT", "550 Sender verify failed"),
    ("RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    ("RCPT", "554 5.7.1 <{}>: Relay access denied"),
    ("RCPT", "550 5.7.1 <{}>: Client host rejected: Access denied"),
    ("RCPT", "454 4.7.1 <{}>: Relay access denied"),
    ("CONTENT", "550 5.7.26 The sender is unauthenticated: SPF did not pass"),
]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _offers(answer: str) -> int:
    """Return how often one try offers an e-mail: twice if the answer speaks of its own sender."""
    return 2 if answer == "550 Sender verify failed" else 1


def states() -> set[tuple[str, str]]:
    return set(Email.objects.values_list("state", "cause"))


def logged(caplog: pytest.LogCaptureFixture, level: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == level]


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize(("command", "answer", "trouble"), BEFORE_THE_RECIPIENT)
def test_a_server_that_refuses_before_the_addressee_keeps_everything_waiting(
    mailbox: Receiver,
    caplog: pytest.LogCaptureFixture,
    command: str,
    answer: str,
    trouble: Trouble,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    with time_machine.travel(START, tick=False) as clock:
        for address in ADDRESSES:
            queue(address)
        mailbox.answer(command, ANYBODY, *[answer] * 100)
        for _ in range(4):  # days later still
            assert deliver_due() == 0
            clock.shift(datetime.timedelta(days=1))

        assert states() == {(DeliveryState.DEFERRED, Cause.BOARD)}
        assert not Email.objects.filter(content=None).exists()
        outage, waiting = current_outage() or pytest.fail("no alarm")
        assert (outage.trouble, outage.began_at, waiting) == (trouble, START, 5)
        (alarm,) = logged(caplog, "ERROR")
        with override("en"):
            assert str(trouble.label) in alarm
        assert "@" not in caplog.text

        mailbox.forget_answers()
        deliver_due()

    assert sorted(mailbox.recipients) == ADDRESSES
    assert {state for state, _ in states()} == {DeliveryState.ACCEPTED}
    assert current_outage() is None
    assert logged(caplog, "INFO")[-1] == "E-mail goes out again"


@pytest.mark.parametrize(("command", "answer"), IN_ITS_WORDS)
def test_a_server_that_refuses_because_of_us_keeps_everything_waiting(
    mailbox: Receiver, caplog: pytest.LogCaptureFixture, command: str, answer: str
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for address in ADDRESSES:
            queue(address)
            mailbox.answer(command, address, *[answer.format(address)] * 4 * _offers(answer))
        for _ in range(4):
            assert deliver_due() == 0
            clock.shift(datetime.timedelta(days=1))

        assert states() == {(DeliveryState.DEFERRED, Cause.BOARD)}
        outage, waiting = current_outage() or pytest.fail("no alarm")
        assert (outage.trouble, outage.began_at, waiting) == (Trouble.POLICY, START, 5)
        assert "@" not in outage.reply
        assert len(logged(caplog, "ERROR")) == 1
        assert "@" not in caplog.text

        assert deliver_due() == 5

    assert sorted(mailbox.recipients) == ADDRESSES
    assert current_outage() is None


def test_a_message_to_nobody_is_refused_though_others_wait_because_of_us(mailbox: Receiver) -> None:
    nobody, held, taken = queue("nobody@example.pl"), queue("held@example.pl"), queue("taken@example.pl")
    mailbox.answer("RCPT", "nobody@example.pl", "550 5.1.1 User unknown")
    mailbox.answer("RCPT", "held@example.pl", "550 5.7.1 Relaying denied")

    assert deliver_due() == 1

    for message in (nobody, held, taken):
        message.refresh_from_db()
    assert (nobody.state, nobody.cause, nobody.content) == (DeliveryState.REJECTED, Cause.ADDRESS, None)
    assert (held.state, held.cause, held.content is None) == (DeliveryState.DEFERRED, Cause.BOARD, False)
    assert taken.state == DeliveryState.ACCEPTED
    # Some are accepted, but not all. The alarm stays until the last one is.
    assert Outage.objects.count() == 1
    Email.objects.filter(pk=held.pk).update(due_at=timezone.now())
    assert deliver_due() == 1
    assert Outage.objects.count() == 0


@pytest.mark.parametrize("answer", ["552 5.3.4 Message too big", "554 5.7.1 Spam message rejected", "554 Rejected"])
def test_a_message_whose_own_content_is_refused_holds_up_nobody(mailbox: Receiver, answer: str) -> None:
    poison, behind = queue("1@example.pl"), queue("2@example.pl")
    mailbox.answer("CONTENT", "1@example.pl", answer)

    assert deliver_due() == 1

    poison.refresh_from_db()
    behind.refresh_from_db()
    assert (poison.state, poison.cause) == (DeliveryState.REJECTED, Cause.CONTENT)
    assert behind.state == DeliveryState.ACCEPTED
    assert current_outage() is None


def test_a_sender_refused_in_a_used_connection_is_tried_in_a_new_one(mailbox: Receiver) -> None:
    for address in ADDRESSES:
        queue(address)
    mailbox.answer("MAIL", ANYBODY, "250 Fine", "452 4.5.3 Too many messages in this session")

    assert deliver_due() == 5

    assert (mailbox.recipients, mailbox.connections) == (ADDRESSES, 2)
    assert current_outage() is None


def test_another_trouble_is_told_anew_and_the_beginning_stays(
    mailbox: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue()
        mailbox.answer("MAIL", ANYBODY, "550 No", "550 No", "535 5.7.8 No", "535 5.7.8 No")
        for _ in range(3):
            deliver_due()
            clock.shift(datetime.timedelta(hours=2))

    outage = Outage.objects.get()
    assert (outage.trouble, outage.began_at, outage.reply) == (Trouble.LOGIN, START, "535 5.7.8 No")
    alarms = logged(caplog, "ERROR")
    assert len(alarms) == 2
    assert "user and password of EMAIL_URL" in alarms[1]


def test_what_waits_because_of_us_is_told_in_plain_words_and_never_as_the_addressees(mailbox: Receiver) -> None:
    message = queue()
    mailbox.answer("RCPT", ANYBODY, *["550 Sender verify failed"] * 2)
    deliver_due()

    message.refresh_from_db()
    delivery = describe_delivery(message)

    assert delivery.state == DeliveryState.DEFERRED
    assert delivery.tries_until == message.expires_at
    (sentence,) = delivery.explanation
    assert "Serwer poczty, przez który komisja wysyła e-maile" in str(sentence)


def test_a_passing_refusal_leaves_a_line_in_the_log(mailbox: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "egzaminator")
    message = queue("anna@example.pl")
    mailbox.answer("RCPT", ANYBODY, "451 4.3.0 <anna@example.pl>: Temporary lookup failure")

    deliver_due()

    assert caplog.messages == [f"E-mail {message.pk} is deferred (451 4.3.0), tried 1 times"]
