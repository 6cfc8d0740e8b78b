import datetime
import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.core.encryption import decrypt
from egzaminator.mail.domain import deliver as module
from egzaminator.mail.domain.deliver import deliver_due, record_accepted, record_failure
from egzaminator.mail.domain.queue import LEASE, LeasedEmail, lease_emails, release_emails
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import Cause, DeliveryState, Priority
from egzaminator.mail.models import Email, content_context
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, DROP, Receiver

pytestmark = pytest.mark.django_db


def fields(message: Email, *names: str) -> tuple[object, ...]:
    message.refresh_from_db()
    return tuple(getattr(message, name) for name in names)


def test_a_due_message_is_handed_over_once(mailbox: Receiver) -> None:
    message = queue("anna@example.pl")

    assert deliver_due() == 1
    assert deliver_due() == 0

    (received,) = mailbox.received
    assert (received.sender, received.recipient) == (f"bounce+{message.pk.hex}@localhost", "anna@example.pl")
    assert received.email["Message-ID"] == message.message_id
    assert str(received.email["To"]) == "Anna Łukasik <anna@example.pl>"


def test_what_was_accepted_is_recorded_and_its_content_erased(mailbox: Receiver) -> None:
    message = queue()
    mailbox.answer("CONTENT", ANYBODY, "250 2.0.0 Ok: queued as 4F2B")

    deliver_due()

    assert fields(message, "state", "attempts", "reply_code", "reply_text", "content", "lease", "leased_until") == (
        DeliveryState.ACCEPTED,
        1,
        250,
        "2.0.0 Ok: queued as 4F2B",
        None,
        None,
        None,
    )
    assert message.accepted_at is not None
    assert message.accepted_at >= message.created_at


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("command", ["RCPT", "CONTENT"])
def test_a_refusal_for_good_ends_it_at_once(
    mailbox: Receiver,
    command: str,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    refused, sent = queue("anna@example.pl"), queue("jan@example.pl")
    mailbox.answer(command, ANYBODY, "550 5.1.1 No such user, see https://evil.example/")

    assert deliver_due() == 1
    assert deliver_due() == 0

    assert fields(refused, "state", "attempts", "reply_code", "reply_text", "content", "accepted_at") == (
        DeliveryState.REJECTED,
        1,
        550,
        "5.1.1 No such user, see",
        None,
        None,
    )
    assert fields(sent, "state") == (DeliveryState.ACCEPTED,)
    assert (mailbox.recipients, mailbox.connections) == (["jan@example.pl"], 1)


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("command", ["RCPT", "CONTENT"])
def test_a_passing_refusal_puts_it_off(
    mailbox: Receiver,
    command: str,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    put_off, sent = queue("anna@example.pl"), queue("jan@example.pl")
    mailbox.answer(command, ANYBODY, "451 4.7.1 Greylisted")

    assert deliver_due() == 1

    assert fields(put_off, "state", "attempts", "reply_code", "reply_text", "lease") == (
        DeliveryState.DEFERRED,
        1,
        451,
        "4.7.1 Greylisted",
        None,
    )
    assert put_off.content is not None
    assert fields(sent, "state") == (DeliveryState.ACCEPTED,)

    Email.objects.filter(pk=put_off.pk).update(due_at=timezone.now())
    assert deliver_due() == 1
    assert fields(put_off, "state", "attempts") == (DeliveryState.ACCEPTED, 2)
    assert mailbox.recipients == ["jan@example.pl", "anna@example.pl"]


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


def test_a_message_that_cannot_be_read_is_refused_and_the_next_one_sent(
    mailbox: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    broken = queue("anna@example.pl")
    queue("jan@example.pl")
    Email.objects.filter(pk=broken.pk).update(content=b"broken")

    assert deliver_due() == 1

    assert fields(broken, "state", "reply_code", "content") == (DeliveryState.REJECTED, 554, None)
    assert mailbox.recipients == ["jan@example.pl"]
    assert "anna" not in caplog.text


def test_a_domain_with_polish_letters_is_written_to(mailbox: Receiver) -> None:
    queue("anna@żółw.pl")

    assert deliver_due() == 1

    assert mailbox.recipients == ["anna@xn--w-uga1v8h.pl"]


@pytest.mark.parametrize("pipelining", [False, True])
def test_lines_that_begin_with_a_dot_arrive_whole(
    mailbox: Receiver,
    pipelining: bool,  # noqa: FBT001 -- a table
) -> None:
    mailbox.pipelining = pipelining
    message = queue(recipient_name="x" * 56 + ". y")
    sent = decrypt(bytes(message.content), context=content_context(message.pk)).encode()

    deliver_due()

    assert mailbox.received[0].content == sent


def test_a_lease_keeps_others_away_until_it_ends(mailbox: Receiver) -> None:
    message = queue()
    (leased,) = lease_emails(most=100)
    assert fields(message, "state", "lease") == (DeliveryState.SENDING, leased.lease)

    assert deliver_due() == 0

    Email.objects.update(leased_until=timezone.now() - datetime.timedelta(seconds=1))
    assert deliver_due() == 1
    assert fields(message, "state", "attempts") == (DeliveryState.ACCEPTED, 1)
    assert len(mailbox.received) == 1


def test_a_lease_takes_no_more_than_asked_for_however_it_is_planned() -> None:
    queue("0@example.pl")
    with connection.cursor() as cursor:
        # After this the planner assumes a table of one row, and chooses a nested loop that it would otherwise avoid.
        cursor.execute("ANALYZE mail_email")
        for plan in ("hashjoin", "mergejoin", "material", "memoize"):
            cursor.execute(f"SET LOCAL enable_{plan} = off")
    for number in range(1, 5):
        queue(f"{number}@example.pl")

    assert [message.email for message in lease_emails(most=3)] == [f"{number}@example.pl" for number in range(3)]


def test_a_lease_lasts_two_minutes() -> None:
    queue()
    before = timezone.now()

    lease_emails(most=100)

    leased_until = Email.objects.get().leased_until
    assert leased_until is not None
    assert before + LEASE <= leased_until <= timezone.now() + datetime.timedelta(minutes=2)


def test_a_result_counts_only_while_the_lease_is_ours() -> None:
    message = queue()
    (leased,) = lease_emails(most=100)
    others = uuid.uuid4()
    Email.objects.update(lease=others)

    record_accepted([(leased, Reply(250, "Ok"))])
    record_failure(leased, Reply(550, "No"))
    release_emails([leased])

    assert fields(message, "state", "lease", "attempts") == (DeliveryState.SENDING, others, 0)


def test_a_message_given_back_is_due_again_as_it_was() -> None:
    fresh, tried = queue("1@example.pl"), queue("2@example.pl")
    Email.objects.filter(pk=tried.pk).update(attempts=1, state=DeliveryState.DEFERRED)

    release_emails(lease_emails(most=100))

    assert fields(fresh, "state", "attempts", "lease", "leased_until") == (DeliveryState.QUEUED, 0, None, None)
    assert fields(tried, "state", "attempts", "lease", "leased_until") == (DeliveryState.DEFERRED, 1, None, None)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(mailbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 5)
    addresses = [f"{number}@example.pl" for number in range(60)]
    for address in addresses:
        queue(address)
    ready = threading.Barrier(2)
    accepted: list[int] = []

    def send() -> None:
        try:
            ready.wait(10)
            accepted.append(deliver_due())
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)

    assert sum(accepted) == 60
    assert Counter(mailbox.recipients) == Counter(addresses)
    assert set(Email.objects.values_list("state", "attempts")) == {(DeliveryState.ACCEPTED, 1)}


@pytest.mark.django_db(transaction=True)
def test_what_another_is_just_leasing_is_passed_over_without_waiting() -> None:
    first, second = queue("1@example.pl"), queue("2@example.pl")
    is_leased, is_done = threading.Event(), threading.Event()

    def lease_slowly() -> None:
        with transaction.atomic():
            leased = lease_emails(most=1)
            is_leased.set()
            is_done.wait(10)
        assert [message.id for message in leased] == [first.pk]
        connection.close()

    other = threading.Thread(target=lease_slowly)
    other.start()
    is_leased.wait(10)
    leased = lease_emails(most=100)
    has_waited = not other.is_alive()
    is_done.set()
    other.join(10)

    assert [message.id for message in leased] == [second.pk]
    assert not has_waited


def test_a_run_with_a_limit_leaves_the_rest(mailbox: Receiver) -> None:
    queue()

    assert deliver_due(seconds=0) == 0
    assert mailbox.connections == 0
