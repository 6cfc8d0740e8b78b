"""Reports about e-mails that came back, made by tests or kept in tests/mail/reports."""

from pathlib import Path
from typing import Final

from django.utils import timezone

from egzaminator.mail.domain.return_path import return_path_of
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.mail import queue

FOLDER: Final = Path(__file__).parent.parent / "mail" / "reports"
# What stands in the kept reports in place of what differs from e-mail to e-mail.
_ADDRESS: Final = b"anna@szkola.example"
_TOKEN: Final = b"a" * 52


def hand_over(email: str = "anna@szkola.example", message: Email | None = None) -> Email:
    """Return an e-mail that the mail server has accepted."""
    message = message or queue(email)
    Email.objects.filter(pk=message.pk).update(
        state=DeliveryState.ACCEPTED, content=None, accepted_at=timezone.now(), attempts=1, reply_code=250
    )
    message.refresh_from_db()
    return message


def token_for(message: Email) -> str:
    """Return the token of an e-mail's return path."""
    return return_path_of(row_id=message.pk, email=message.email).token


def kept_report(name: str, message: Email) -> bytes:
    """Return a report of tests/mail/reports as if it were about this e-mail."""
    raw = (FOLDER / name).read_bytes().replace(b"\r\n", b"\n")
    return raw.replace(_TOKEN, token_for(message).encode()).replace(_ADDRESS, message.email.encode())


def report(
    message: Email,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 No such user",
    token: str | None = None,
    recipient: str | None = None,
    envelope_id: str = "",
) -> bytes:
    """Return a report by the standard (RFC 3464) about an e-mail."""
    to = f"bounce+{token_for(message) if token is None else token}@localhost"
    recipient = message.email if recipient is None else recipient
    envelope = f"Original-Envelope-Id: {envelope_id}\r\n" if envelope_id else ""
    return (
        "Return-Path: <>\r\n"
        "From: MAILER-DAEMON@mx.szkola.example\r\n"
        f"To: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nYour e-mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.szkola.example\r\n{envelope}"
        "\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\n"
        f"Action: {action}\r\n"
        f"Status: {status}\r\n"
        f"Diagnostic-Code: smtp; {words}\r\n"
        "\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Aktywacja\r\n\r\n"
        "--b--\r\n"
    ).encode()
