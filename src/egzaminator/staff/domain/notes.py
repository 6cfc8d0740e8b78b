"""Notes of the staff about an examiner. Each is a text of its own and the event that points to it."""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import delete_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.records.domain.locks import lock_record
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.independence import is_own_record
from egzaminator.staff.errors import OwnAccountError

_MOST: Final = 50


def notes_about(*, examiner: Examiner) -> QuerySet[StaffText]:
    """Return the notes about an examiner, the latest first, at most fifty. What was removed or is too old is gone."""
    added = Event.objects.filter(subject__in=examiner.known_ids, tag=Tag.NOTE_ADDED).values("staff_text")
    return StaffText.objects.filter(subject__in=examiner.known_ids, id__in=added).order_by("-created_at", "-id")[:_MOST]


def is_note(*, text: StaffText) -> bool:
    """Return whether what staff typed is a note, and not the reason of an action."""
    return Event.objects.filter(subject=text.subject, tag=Tag.NOTE_ADDED, staff_text=text.id).exists()


def add_note(*, examiner: Examiner, text: str, member: Account, by: Actor) -> None:
    """Write a note about an examiner.

    Raise `OwnAccountError` if it is the staff member's own record, and `NotPossibleNowError` if it is nobody's record
    any more.
    """
    _require_other(examiner, member)
    with transaction.atomic():
        lock_record(examiner_id=examiner.id)
        record_event(tag=Tag.NOTE_ADDED, by=by, subject=examiner.id, reason=text)


def remove_note(*, text: StaffText, examiner: Examiner, reason: str, member: Account, by: Actor) -> None:
    """Delete a note, and record who did it and why. If somebody else has deleted it meanwhile, record nothing.

    Raise `OwnAccountError` if it is about the staff member.
    """
    _require_other(examiner, member)
    with transaction.atomic():
        if delete_text(text=text):
            record_event(tag=Tag.NOTE_REMOVED, by=by, subject=examiner.id, reason=reason)


def _require_other(examiner: Examiner, member: Account) -> None:
    if is_own_record(examiner=examiner, member=member):
        raise OwnAccountError
