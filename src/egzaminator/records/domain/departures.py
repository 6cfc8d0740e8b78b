"""An examiner who went to another board, or died: both written down, and both taken back if it was a mistake.

Each function takes what the form showed (`shown`), the reason that staff typed, and who they are; under the lock of the
examiner it raises `ChangedMeanwhileError` if somebody else has changed any of it since.
"""

import datetime
import uuid

from django.db import transaction

from egzaminator.accounts.domain.reviews import set_residence_accepted
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.onboarding.domain.deceased import mark_deceased, undo_deceased
from egzaminator.records.domain.locks import lock_record
from egzaminator.records.domain.notifications import notify_of_change, owner_mailboxes
from egzaminator.records.domain.shown import Shown, require_unchanged, show_ends
from egzaminator.records.errors import NotPossibleNowError
from egzaminator.register.domain.locks import lock_entries
from egzaminator.register.domain.settling import settle_entries
from egzaminator.register.models import Examiner


def transfer(*, examiner_id: uuid.UUID, board: str, on: datetime.date, shown: Shown, reason: str, by: Actor) -> None:
    """Write down that an examiner went to another board. Their active entries end, and with them first logins.

    Entries of later decisions stay active. The account stays: its owner may need the history in it. Raise
    `NotPossibleNowError` if it is written down already, or the examiner died.
    """
    with transaction.atomic():
        examiner = _lock(examiner_id, shown)
        if examiner.transferred_on is not None or examiner.deceased_on is not None:
            raise NotPossibleNowError
        _set_transfer(examiner, board, on, Tag.EXAMINER_TRANSFERRED, reason, by)
        set_residence_accepted(examiner_id=examiner_id, accepted=True)


def undo_transfer(*, examiner_id: uuid.UUID, shown: Shown, reason: str, by: Actor) -> None:
    """Take back that an examiner went to another board. Raise `NotPossibleNowError` if it is not written down."""
    with transaction.atomic():
        examiner = _lock(examiner_id, shown)
        if examiner.transferred_on is None:
            raise NotPossibleNowError
        _set_transfer(examiner, "", None, Tag.TRANSFER_WITHDRAWN, reason, by)
        set_residence_accepted(examiner_id=examiner_id, accepted=False)


def record_death(*, examiner_id: uuid.UUID, on: datetime.date, shown: Shown, reason: str, by: Actor) -> None:
    """Write down that an examiner died (`mark_deceased`)."""
    with transaction.atomic():
        _lock(examiner_id, shown)
        mark_deceased(examiner_id=examiner_id, on=on, reason=reason, by=by)


def undo_death(*, examiner_id: uuid.UUID, shown: Shown, reason: str, by: Actor) -> None:
    """Take back that an examiner died (`undo_deceased`). Raise `NotDeceasedError`."""
    with transaction.atomic():
        _lock(examiner_id, shown)
        undo_deceased(examiner_id=examiner_id, reason=reason, by=by)


def _lock(examiner_id: uuid.UUID, shown: Shown) -> Examiner:
    examiner = lock_record(examiner_id=examiner_id)
    require_unchanged(shown=shown, now=show_ends(examiner))
    return examiner


def _set_transfer(examiner: Examiner, board: str, on: datetime.date | None, tag: Tag, reason: str, by: Actor) -> None:
    entries = lock_entries(examiner=examiner)
    examiner.transferred_to, examiner.transferred_on = board, on
    examiner.save(update_fields=["transferred_to", "transferred_on", "updated_at"])
    settle_entries(entry_ids=[entry.id for entry in entries])
    record_event(tag=tag, by=by, subject=examiner.id, reason=reason)
    notify_of_change(examiner=examiner, tag=tag, mailboxes=owner_mailboxes(examiner))
