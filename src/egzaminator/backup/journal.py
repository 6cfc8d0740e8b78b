"""The journal beside the backups: what must be done again after a restore, because the restored database forgot it.

A restored database is as old as its archive. Accounts that were deleted or frozen since would be back, and with them
data that had to go, or a thief. So a timer writes the ids of such events into a file beside the archives every few
minutes, and a restore does them again. It holds ids alone, and has a seal: whoever can write the file could otherwise
have accounts deleted.
"""

import datetime
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.backup.folder import archives, made_at, write_private
from egzaminator.backup.seals import is_sealed, make_seal

# Done again by a restore.
DONE_AGAIN: Final = (
    Tag.ACCOUNT_DELETED,
    Tag.ACCOUNT_FROZEN,
    Tag.ACCOUNT_FROZEN_BY_STAFF,
    Tag.STAFF_ENDED,
    Tag.INFORMATIONAL_TURNED_OFF,
)
# Told by a restore, because a person has to look at it.
TOLD: Final = (
    Tag.ACCOUNT_ACTIVATED,
    Tag.ACCOUNT_UNFROZEN,
    Tag.PASSWORD_CHANGED,
    Tag.PASSWORD_RESET,
    Tag.EMAIL_CHANGED,
    Tag.SECOND_FACTOR_ADDED,
    Tag.SECOND_FACTOR_REMOVED,
    Tag.SECOND_FACTOR_RESET,
    Tag.EXAMINER_DECEASED,
    Tag.NOTE_REMOVED,
    Tag.STAFF_INVITED,
    Tag.STAFF_ROLES_CHANGED,
    Tag.REGISTER_IMPORTED,
)
# An event's time is that of its statement. Its transaction may end so much later.
_OVERLAP: Final = datetime.timedelta(hours=1)
_PURPOSE: Final = "journal"
_UNTIL: Final = "until "
_SEAL: Final = "seal "


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal: an event, and whom it concerns."""

    at: datetime.datetime
    tag: Tag
    event: uuid.UUID
    subject: uuid.UUID | None

    def line(self) -> str:
        """Return the entry as it is written."""
        return f"{self.at.isoformat()} {self.tag} {self.event} {self.subject or '-'}"


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal: its entries, the oldest first, and until when it knows of all of them."""

    until: datetime.datetime
    entries: list[Entry]


def journal_file(folder: Path) -> Path:
    """Return the journal of a folder of backups."""
    return folder / "journal"


def update_journal(folder: Path) -> int:
    """Write the events into the journal that it does not have yet, and return how many. The folder is locked.

    What happened before the oldest archive goes out of it: every restore knows it. A journal that is missing, or that
    somebody else wrote, is made anew from the database.
    """
    path, now = journal_file(folder), timezone.now()
    known = read_journal(path)
    kept = archives(folder)
    begin = made_at(kept[0]) if kept else now - datetime.timedelta(days=settings.BACKUP_KEEP_DAYS)
    since = max(begin, known.until) if known else begin
    entries = {entry.event: entry for entry in known.entries if entry.at >= begin - _OVERLAP} if known else {}
    found = Event.objects.filter(tag__in=[*DONE_AGAIN, *TOLD], at__gte=since - _OVERLAP)
    new = [event for event in found.order_by("at", "id") if event.id not in entries]
    entries |= {event.id: Entry(event.at, Tag(event.tag), event.id, event.subject) for event in new}
    lines = [
        f"{_UNTIL}{now.isoformat()}",
        *(entry.line() for entry in sorted(entries.values(), key=lambda one: one.at)),
    ]
    text = "\n".join(lines)
    write_private(path, f"{text}\n{_SEAL}{make_seal(text.encode(), purpose=_PURPOSE)}\n".encode())
    return len(new)


def read_journal(path: Path) -> Journal | None:
    """Return a journal; None if there is none, or if it is not whole and written by whoever has ENCRYPTION_KEYS."""
    try:
        content = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    text, _, seal = content.rstrip("\n").rpartition(f"\n{_SEAL}")
    if not is_sealed(text.encode(), seal, purpose=_PURPOSE):
        return None
    until, *lines = text.split("\n")
    entries = [_read(line) for line in lines]
    return Journal(
        datetime.datetime.fromisoformat(until.removeprefix(_UNTIL)), [entry for entry in entries if entry is not None]
    )


def _read(line: str) -> Entry | None:
    """Return what a line says; None if its tag is one that this release does not know."""
    at, tag, event, subject = line.split(" ")
    if tag not in Tag.values:
        return None
    whom = None if subject == "-" else uuid.UUID(subject)
    return Entry(datetime.datetime.fromisoformat(at), Tag(tag), uuid.UUID(event), whom)
