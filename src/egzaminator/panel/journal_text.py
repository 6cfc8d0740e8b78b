"""The journal in words: what happened, who did it, whom it concerns, and why."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from egzaminator.accounts.history_text import ATTEMPTS, sentence
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import LOOKS, Refusal, Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.audit.retention_rules import find_rule
from egzaminator.core.encryption import UndecryptableError
from egzaminator.register.enums import ExportContent
from egzaminator.register.models import Examiner

# What was changed is a word of the board's own, and nobody's data.
_ABOUT_LISTS: Final = frozenset((Tag.SCOPE_ADDED, Tag.SCOPE_CHANGED, Tag.GROUND_ADDED, Tag.GROUND_CHANGED))


@dataclass(frozen=True, slots=True)
class JournalRow:
    """An event in words."""

    event: Event
    actor: str
    subject: str
    examiner_id: uuid.UUID | None
    """The examiner whom it concerns, whose page the panel has."""
    what: str
    reason: str
    """What staff typed, "" for nothing."""

    @property
    def is_note(self) -> bool:
        """Whether what staff typed is the event itself, and not the reason of it."""
        return self.event.tag == Tag.NOTE_ADDED


def rows_in_words(events: Iterable[Event]) -> list[JournalRow]:
    """Return the events in words, in the active language. Runs three queries, however many events there are."""
    events = list(events)
    ids = {key for event in events for key in (event.actor, event.subject) if key}
    accounts = Account.objects.select_related("examiner").in_bulk(ids)
    examiners = Examiner.objects.in_bulk(ids)
    texts = StaffText.objects.in_bulk([event.staff_text for event in events if event.staff_text])
    names = {key: examiner.name for key, examiner in examiners.items()}
    names |= {key: account.display_name for key, account in accounts.items()}
    pages = {key: key for key in examiners} | {key: account.examiner_id for key, account in accounts.items()}
    return [
        JournalRow(
            event=event,
            actor=_actor(event, names),
            subject=_name(event.subject, names) if event.subject else "",
            examiner_id=pages.get(event.subject) if event.subject else None,
            what=what_happened(event),
            reason=readable_text(texts.get(event.staff_text)) if event.staff_text else "",
        )
        for event in events
    ]


def what_happened(event: Event) -> str:
    """Return what an event says, for staff: also what owners are not told, such as why a log-in was refused."""
    if event.tag not in Tag.values:
        return event.tag  # recorded by an earlier version
    tag, details = Tag(event.tag), event.details
    if tag == Tag.LOGIN_REFUSED and details.get("reason") in Refusal.values:
        return f"{tag.label}. {Refusal(details['reason']).label}"
    if tag == Tag.RETENTION_DELETED:
        rule = find_rule(str(details.get("what")))
        return f"{tag.label}: {rule.what if rule else '?'}: {details.get('count', '?')}"
    if tag in (Tag.EXPORT_ASKED, Tag.EXPORT_DOWNLOADED):
        return f"{tag.label}: {_export(details)}"
    if tag in _ABOUT_LISTS:
        return f"{tag.label}: {details.get('code') or details.get('text', '?')}"
    return str(tag.label) if tag in ATTEMPTS | LOOKS else sentence(tag=tag, details=details)


def _export(details: Mapping[str, Any]) -> str:
    """Return what a file of examiners holds, and how much of it: people when it is asked for, rows when it is made."""
    content, file_format = details.get("content"), str(details.get("format", "?")).upper()
    what = ExportContent(content).label if content in ExportContent.values else "?"
    if "people" in details:
        return _("%(what)s, %(format)s; people: %(count)s") % {
            "what": what, "format": file_format, "count": details["people"],
        }  # fmt: skip
    return _("%(what)s, %(format)s; rows: %(count)s") % {
        "what": what, "format": file_format, "count": details.get("rows", "?"),
    }  # fmt: skip


def _actor(event: Event, names: Mapping[uuid.UUID, str]) -> str:
    if event.actor:
        return _name(event.actor, names)
    return _("somebody who was not logged in") if event.ip else _("the program, or an administrator's command")


def _name(key: uuid.UUID, names: Mapping[uuid.UUID, str]) -> str:
    return names.get(key) or _("a deleted account")


def readable_text(text: StaffText | None) -> str:
    """Return what staff typed, or why it can't be read. None: it was deleted."""
    if text is None:
        return _("deleted")
    try:
        return text.text
    except UndecryptableError:  # one damaged text must not hide the rest of the journal
        return unreadable()


def unreadable() -> str:
    """Return what stands in the place of a value that does not decrypt."""
    return _("cannot be read: changed outside the program, or its key is missing")
