"""What staff do with entries: add one, strike it off, take that back, enter again, correct it or a decision on it.

Each function takes what the form showed (`shown`), the reason that staff typed, and who they are. It locks the examiner
and the entry and, under the locks, raises `ChangedMeanwhileError` if somebody else has changed the entry since. What
follows from the state of an entry, such as who may log in for the first time, asks for it under the same locks.
"""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText
from egzaminator.records.domain.locks import lock_record
from egzaminator.records.domain.notifications import notify_of_change, owner_mailboxes
from egzaminator.records.domain.shown import ENTRIES, Shown, require_unchanged, show_decision, show_entries, show_entry
from egzaminator.records.errors import (
    DecisionExistsError,
    NothingChangedError,
    NotPossibleNowError,
    TakenError,
    TooEarlyError,
)
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.locks import lock_entry
from egzaminator.register.domain.settling import settle_entries
from egzaminator.register.enums import DecisionKind, EntryState, RegisterField
from egzaminator.register.models import Decision, Entry, Examiner, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision says: its reference and date and, of a strike-off, the ground."""

    reference: str
    decided_on: datetime.date
    ground: str = ""


def add_entry(
    *, examiner_id: uuid.UUID, number: Identifier, scope: Scope, decided: Decided, shown: Shown, reason: str, by: Actor
) -> None:
    """Add an entry for a scope under a registration number, by a decision.

    Raise `TakenError` if an entry has this number already, `TooEarlyError` if the examiner went to another board on
    that day or later, or `NotPossibleNowError` if they died.
    """
    with transaction.atomic():
        examiner = lock_record(examiner_id=examiner_id)
        require_unchanged(shown=shown, now={ENTRIES: show_entries(examiner)})
        _require_alive(examiner)
        _require_after_transfer(examiner, decided)
        with _unique_number(number):
            entry = Entry.objects.create(examiner=examiner, scope=scope, number=number.text, number_key=number.key)
        _decide(entry, DecisionKind.ENTRY, decided)
        _record(entry, Tag.ENTRY_ADDED, reason, by)


def strike_off(*, entry_id: int, decided: Decided, shown: Shown, reason: str, by: Actor) -> None:
    """Strike an active entry off. Raise `NotPossibleNowError`, `TooEarlyError` or `DecisionExistsError`."""
    with transaction.atomic():
        entry = _lock(entry_id, shown)
        _require(entry, EntryState.ACTIVE)
        _require_after_last(entry, decided)
        _decide(entry, DecisionKind.STRIKE_OFF, decided)
        _record(entry, Tag.ENTRY_STRUCK_OFF, reason, by)


def undo_strike_off(*, entry_id: int, shown: Shown, reason: str, by: Actor) -> None:
    """Take back a strike-off that was written down by mistake. Its decision stays, as one without effect.

    Raise `NotPossibleNowError` unless the entry is struck off.
    """
    with transaction.atomic():
        entry = _lock(entry_id, shown)
        _require(entry, EntryState.STRUCK_OFF)
        last = _standing(entry).last()
        if last is None or last.kind != DecisionKind.STRIKE_OFF:
            raise NotPossibleNowError
        last.withdrawn_at = timezone.now()
        last.save(update_fields=["withdrawn_at"])
        settle_entries(entry_ids=[entry.id])
        _record(entry, Tag.STRIKE_OFF_WITHDRAWN, reason, by)


def enter_again(*, entry_id: int, decided: Decided, shown: Shown, reason: str, by: Actor) -> None:
    """Make a struck-off or transferred entry active again, by a new decision.

    Raise `NotPossibleNowError`, `TooEarlyError` or `DecisionExistsError`.
    """
    with transaction.atomic():
        entry = _lock(entry_id, shown)
        _require(entry, EntryState.STRUCK_OFF, EntryState.TRANSFERRED)
        _require_alive(entry.examiner)
        _require_after_last(entry, decided)
        _require_after_transfer(entry.examiner, decided)
        _decide(entry, DecisionKind.ENTRY, decided)
        _record(entry, Tag.ENTERED_AGAIN, reason, by)


def correct_entry(*, entry_id: int, number: Identifier, scope: Scope, shown: Shown, reason: str, by: Actor) -> None:
    """Correct the number or scope of an entry. Raise `TakenError` or `NothingChangedError`."""
    with transaction.atomic():
        entry = _lock(entry_id, shown)
        text = keep_text(text=reason, subject=entry.examiner.id, by=by)
        before = {RegisterField.NUMBER: entry.number, RegisterField.SCOPE: entry.scope.code}
        after = {RegisterField.NUMBER: number.text, RegisterField.SCOPE: scope.code}
        changed = [field for field in before if before[field] != after[field]]
        if not changed:
            raise NothingChangedError
        for field in changed:
            keep_former_value(
                examiner=entry.examiner, entry=entry, field=field, value=before[field], by=by, reason=text
            )
        entry.number, entry.number_key, entry.scope = number.text, number.key, scope
        with _unique_number(number):
            entry.save(update_fields=["number", "number_key", "scope"])
        _record(entry, Tag.ENTRY_CORRECTED, text, by)


def correct_decision(*, decision_id: int, decided: Decided, shown: Shown, reason: str, by: Actor) -> None:
    """Correct a decision that stands: its reference, its date, its ground.

    Raise `NotPossibleNowError` if it was taken back, `DecisionExistsError` or `NothingChangedError`.
    """
    with transaction.atomic():
        entry = lock_entry(entry_id=Decision.objects.values_list("entry_id", flat=True).get(pk=decision_id))
        decision = Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
        before = show_decision(decision)
        require_unchanged(shown=shown, now=before)
        if decision.withdrawn_at is not None:
            raise NotPossibleNowError
        decision.reference, decision.decided_on = decided.reference, decided.decided_on
        decision.ground = decided.ground
        after = show_decision(decision)
        changed = [name for name in before if before[name] != after[name]]
        if not changed:
            raise NothingChangedError
        text = keep_text(text=reason, subject=entry.examiner.id, by=by)
        for name in changed:
            keep_former_value(
                examiner=entry.examiner,
                entry=entry,
                decision=decision,
                field=RegisterField(name),
                value=before[name],
                by=by,
                reason=text,
            )
        with _referenced():
            decision.save(update_fields=["reference", "decided_on", "ground"])
        settle_entries(entry_ids=[entry.id])
        _record(entry, Tag.DECISION_CORRECTED, text, by)


def _lock(entry_id: int, shown: Shown) -> Entry:
    entry = lock_entry(entry_id=entry_id)
    require_unchanged(shown=shown, now=show_entry(entry))
    return entry


def _require(entry: Entry, *states: EntryState) -> None:
    if entry.state not in states:
        raise NotPossibleNowError


def _require_alive(examiner: Examiner) -> None:
    if examiner.deceased_on is not None:
        raise NotPossibleNowError


def _standing(entry: Entry) -> QuerySet[Decision]:
    return entry.decisions.filter(withdrawn_at=None).order_by("decided_on", "id")


def _require_after_last(entry: Entry, decided: Decided) -> None:
    last = _standing(entry).last()
    if last is not None and decided.decided_on < last.decided_on:
        raise TooEarlyError(last.decided_on)


def _require_after_transfer(examiner: Examiner, decided: Decided) -> None:
    if examiner.transferred_on is not None and decided.decided_on <= examiner.transferred_on:
        raise TooEarlyError(examiner.transferred_on)


def _decide(entry: Entry, kind: DecisionKind, decided: Decided) -> None:
    """Write a decision down, or let one stand again that was taken back, and bring the entry to what it makes of it.

    Raise `DecisionExistsError`, or `TooEarlyError` if others of the same day were written down since it was.
    """
    values = {"decided_on": decided.decided_on, "ground": decided.ground, "withdrawn_at": None}
    same = entry.decisions.filter(kind=kind, reference=decided.reference, withdrawn_at__isnull=False).first()
    if same is None:
        with _referenced():
            Decision.objects.create(entry=entry, kind=kind, reference=decided.reference, **values)
    elif _standing(entry).filter(decided_on=decided.decided_on, id__gt=same.id).exists():
        raise TooEarlyError(decided.decided_on)  # of one day, what was written down later counts
    else:
        Decision.objects.filter(pk=same.pk).update(**values)
    settle_entries(entry_ids=[entry.id])


@contextmanager
def _referenced() -> Iterator[None]:
    """Raise `DecisionExistsError` if the entry has a decision of this kind with this reference."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise DecisionExistsError from None


@contextmanager
def _unique_number(number: Identifier) -> Iterator[None]:
    """Raise `TakenError` if another entry has this number."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        holder = Examiner.objects.filter(entries__number_key=number.key).first()
        if holder is None:
            raise
        raise TakenError(holder) from None


def _record(entry: Entry, tag: Tag, reason: str | StaffText, by: Actor) -> None:
    """Record the act, and tell the owner. The event has the entry's id: its number is part of a first login."""
    examiner = entry.examiner
    record_event(tag=tag, by=by, subject=examiner.id, details={"entry": entry.id}, reason=reason)
    notify_of_change(examiner=examiner, tag=tag, mailboxes=owner_mailboxes(examiner))
