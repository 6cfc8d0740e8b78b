"""A message is handed over, refused or put off, as the server answers."""

import pytest
from django.utils import timezone

from egzaminator.core.encryption import decrypt
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.return_path import token_of
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, content_context
from tests.helpers.mail import fields, queue
from tests.helpers.receiver import ANYBODY, Receiver

pytestmark = pytest.mark.django_db


def test_a_due_message_is_handed_over_once(mailbox: Receiver) -> None:
    message = queue("anna@example.pl")

    assert deliver_due() == 1
    assert deliver_due() == 0

    (received,) = mailbox.received
    token = token_of(row_id=message.pk, email="anna@example.pl")
    assert (received.sender, received.recipient) == (f"bounce+{token}@localhost", "anna@example.pl")
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
