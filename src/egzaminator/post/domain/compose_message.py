import datetime
import uuid
from email.message import EmailMessage
from email.policy import SMTP

from django.utils import timezone

from egzaminator.kernel.board import Board
from egzaminator.post.domain.mail_addresses import header_address, own_domain
from egzaminator.post.domain.render_parts import Parts


def message_id_of(row_id: uuid.UUID) -> str:
    """Return the Message-ID of an e-mail, by which the servers on the way recognise a repeated delivery."""
    return f"<{row_id.hex}@{own_domain()}>"


def bounce_mailbox_of(row_id: uuid.UUID) -> str:
    """Return the envelope sender of an e-mail.

    Each e-mail has its own, so that a bounce tells which e-mail it is about (VERP).
    """
    return f"bounce+{row_id.hex}@{own_domain()}"


def compose_message(
    *,
    row_id: uuid.UUID,
    created_at: datetime.datetime,
    board: Board,
    to: str,
    addressee: str,
    language: str,
    parts: Parts,
) -> bytes:
    """Return the e-mail as it is sent over the wire.

    Take the row's id and creation time, the board that writes, the recipient's mailbox in ASCII, name and language, and
    the rendered parts. The result is ASCII with CRLF line ends; both bodies are UTF-8, encoded as quoted-printable.
    """
    email = EmailMessage(policy=SMTP)
    email["From"] = header_address(name=board.name, mailbox=f"nie-odpowiadaj@{own_domain()}")
    email["To"] = header_address(name=addressee, mailbox=to)
    email["Reply-To"] = header_address(name=board.name, mailbox=board.email)
    email["Subject"] = parts.subject
    email["Date"] = timezone.localtime(created_at)
    email["Message-ID"] = message_id_of(row_id)
    # RFC 3834, section 5. Exchange has a header of its own; "All" in it would suppress bounces as well.
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    email.set_content(parts.text, cte="quoted-printable")
    email.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    email["Content-Language"] = language  # set last: turning multipart moves such headers to the first part
    return email.as_bytes()
