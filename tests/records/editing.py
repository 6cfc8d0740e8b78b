"""Entries with their decisions, and the acts of staff on records, as tests need them."""

import datetime
import uuid
from typing import Any, Final

from egzaminator.audit.actor import Actor
from egzaminator.core.postal_address import PostalAddress
from egzaminator.records.domain import corrections, departures, entries, joining
from egzaminator.records.domain.entries import Decided
from egzaminator.records.domain.shown import ENTRIES, show_decision, show_ends, show_entries, show_entry, show_person
from egzaminator.register.domain.cells import Identifier
from egzaminator.register.enums import DecisionKind, RegisterField
from egzaminator.register.models import Decision, Entry, Examiner, Scope
from tests.helpers.factories import add_entry

OFFICER: Final = Actor(uuid.UUID(int=7))
WHY: Final = "Pismo z dnia 3 marca"
DAY: Final = datetime.date(2026, 3, 1)


def decided_entry(examiner: Examiner, number: str, on: datetime.date = datetime.date(2019, 3, 1)) -> Entry:
    """Add an active entry with the decision that it was made by."""
    entry = add_entry(examiner, number)
    Decision.objects.create(entry=entry, kind=DecisionKind.ENTRY, reference=f"W/{number}", decided_on=on)
    return entry


def number_of(text: str) -> Identifier:
    return Identifier(text, text.casefold())


def decided(reference: str = "S/1", on: datetime.date = DAY, ground: str = "") -> Decided:
    return Decided(reference=reference, decided_on=on, ground=ground)


def by_staff(**others: Any) -> dict[str, Any]:
    return {"reason": WHY, "by": OFFICER} | others


def correct_names(examiner: Examiner, surname: str, first_names: str = "Anna Maria", **others: Any) -> None:
    examiner.refresh_from_db()
    shown = show_person(examiner, [RegisterField.SURNAME, RegisterField.FIRST_NAMES])
    corrections.correct_names(
        examiner_id=examiner.id, surname=surname, first_names=first_names, **(by_staff(shown=shown) | others)
    )


def correct_email(examiner: Examiner, email: str, **others: Any) -> None:
    examiner.refresh_from_db()
    shown = show_person(examiner, [RegisterField.EMAIL])
    corrections.correct_email(examiner_id=examiner.id, email=email, **(by_staff(shown=shown) | others))


def correct_address(examiner: Examiner, postal_address: PostalAddress | None, **others: Any) -> None:
    examiner.refresh_from_db()
    shown = show_person(examiner, [RegisterField.ADDRESS])
    corrections.correct_address(
        examiner_id=examiner.id, postal_address=postal_address, **(by_staff(shown=shown) | others)
    )


def strike_off(entry: Entry, said: Decided | None = None, **others: Any) -> None:
    entry.refresh_from_db()
    entries.strike_off(entry_id=entry.id, decided=said or decided(), **(by_staff(shown=show_entry(entry)) | others))


def undo_strike_off(entry: Entry, **others: Any) -> None:
    entry.refresh_from_db()
    entries.undo_strike_off(entry_id=entry.id, **(by_staff(shown=show_entry(entry)) | others))


def enter_again(entry: Entry, said: Decided, **others: Any) -> None:
    entry.refresh_from_db()
    entries.enter_again(entry_id=entry.id, decided=said, **(by_staff(shown=show_entry(entry)) | others))


def add(examiner: Examiner, number: str, said: Decided, **others: Any) -> None:
    scope, _ = Scope.objects.get_or_create(code="MCH", defaults={"name": "chemia"})
    shown = {ENTRIES: show_entries(examiner)}
    entries.add_entry(
        examiner_id=examiner.id,
        number=number_of(number),
        scope=scope,
        decided=said,
        **(by_staff(shown=shown) | others),
    )


def correct_decision(decision: Decision, said: Decided, **others: Any) -> None:
    decision.refresh_from_db()
    shown = show_decision(decision)
    entries.correct_decision(decision_id=decision.id, decided=said, **(by_staff(shown=shown) | others))


def transfer(examiner: Examiner, board: str = "OKE Kraków", on: datetime.date = DAY, **others: Any) -> None:
    examiner.refresh_from_db()
    departures.transfer(examiner_id=examiner.id, board=board, on=on, **(by_staff(shown=show_ends(examiner)) | others))


def undo_transfer(examiner: Examiner) -> None:
    examiner.refresh_from_db()
    departures.undo_transfer(examiner_id=examiner.id, **by_staff(shown=show_ends(examiner)))


def join(kept: Examiner, other: Examiner, **others: Any) -> None:
    kept.refresh_from_db()
    other.refresh_from_db()
    shown = joining.show_both(kept, other)
    joining.join_examiners(kept_id=kept.id, other_id=other.id, **(by_staff(shown=shown) | others))
