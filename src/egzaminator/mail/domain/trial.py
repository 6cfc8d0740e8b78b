"""A message to try the mail server with. It goes past the queue, so that the server's answer is seen at once."""

import uuid
from email.message import EmailMessage
from email.policy import SMTP

from django.conf import settings
from django.utils import timezone

from egzaminator.core.board import current_board
from egzaminator.core.probes import Finding, Level
from egzaminator.mail.domain.render import SENDER, email_header, message_id_of, own_domain
from egzaminator.mail.domain.replies import without_emails
from egzaminator.mail.domain.return_path import return_path_of
from egzaminator.mail.domain.smtp_connection import MailConnection
from egzaminator.mail.errors import ConnectionLostError, MailServerUnavailableError

_SECONDS = 60
_TEXT = """To jest wiadomość próbna. Wysłano ją, żeby sprawdzić, czy poczta komisji dochodzi.

This is a test message, sent to see whether the board's e-mail arrives.
In its headers (Authentication-Results) spf, dkim and dmarc should say "pass".
"""


def send_trial(*, mailbox: str) -> Finding:
    """Send a test message to a mailbox in ASCII, and find out what the mail server says."""
    row_id = uuid.uuid4()
    path = return_path_of(row_id=row_id, email=mailbox)
    try:
        with MailConnection() as connection, connection.limited_to(_SECONDS):
            reply = connection.send(path=path, recipient=mailbox, content=_compose(row_id, mailbox))
            refusal = connection.sender_refusal
    except (MailServerUnavailableError, ConnectionLostError) as error:
        return Finding(f"The test message was not taken ({error.reason}).", Level.CRITICAL, _CURE)
    words = without_emails(reply.words)
    if not reply.is_accepted:
        return Finding(f"The test message was not taken; the mail server said: {words}", Level.CRITICAL, _CURE)
    if refusal is not None:
        return Finding(
            f"The test message was taken, but not with its return path: {without_emails(refusal.words)}",
            Level.WARNING,
            "Let the mail server take addresses of RETURN_PATH as senders, or set RETURN_PATH=fixed.",
        )
    return Finding("The test message was taken. Look whether it arrived, and not among unwanted mail.")


_CURE = "Read what the server said: its log-in, sender and relay rules are its provider's (EMAIL_URL)."


def _compose(row_id: uuid.UUID, mailbox: str) -> bytes:
    board = current_board()
    email = EmailMessage(policy=SMTP)
    email["From"] = email_header(name=board.name, mailbox=f"{SENDER}@{own_domain()}")
    email["To"] = email_header(name="", mailbox=mailbox)
    email["Subject"] = f"Wiadomość próbna ({settings.PUBLIC_HOST})"
    email["Date"] = timezone.localtime()
    email["Message-ID"] = message_id_of(row_id)
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(_TEXT, cte="quoted-printable")
    return email.as_bytes()
