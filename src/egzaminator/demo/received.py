"""Read the e-mails in the demo's mailbox."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, Literal

# Name of the Maildir in DATA_DIR.
MAILBOX: Final = "mailbox"


class NotReceivedError(LookupError):
    """The mailbox has no such e-mail."""


@dataclass(frozen=True, slots=True)
class Received:
    """A received e-mail as its reader sees it, with both bodies."""

    key: str
    subject: str
    to: str
    sent_at: datetime | None
    text: str
    html: str


def list_received(folder: Path, *, limit: int) -> list[Received]:
    """Return the latest e-mails of a Maildir, newest first, at most `limit`."""
    files = sorted((folder / "new").glob("*"), key=_moment, reverse=True)
    return [_read(file) for file in files[:limit]]


def read_received(folder: Path, key: str) -> Received:
    """Return the e-mail of a Maildir with this key. Raise `NotReceivedError` if there is none."""
    for file in (folder / "new").glob("*"):
        if file.name == key:
            return _read(file)
    raise NotReceivedError(key)


def _moment(file: Path) -> list[int]:
    # mailbox.Maildir names a file by seconds, microseconds, process and count. The file's modification time is coarser.
    return [int(number) for number in re.findall(r"\d+", file.name)[:4]]


def _read(file: Path) -> Received:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return Received(
        key=file.name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_at=_date(str(message["Date"] or "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, subtype: Literal["plain", "html"]) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
