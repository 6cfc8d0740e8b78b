"""What a form showed of a record, so that nobody overwrites unnoticed what a colleague has changed since."""

from collections.abc import Iterable, Mapping

from egzaminator.records.errors import Change, ChangedMeanwhileError
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Decision, Entry, Examiner

Shown = Mapping[str, str]
"""Texts by name: of a `RegisterField`, or one of the names below."""
STATE = "state"
DECISIONS = "decisions"
ENTRIES = "entries"
DECEASED_ON = "deceased_on"
TRANSFERRED_TO = "transferred_to"
OTHER = "other"
NAMES = (RegisterField.SURNAME, RegisterField.FIRST_NAMES)
IDENTITY = (RegisterField.PESEL, RegisterField.IDENTIFIER, RegisterField.EMAIL, RegisterField.ADDRESS)


def show_person(examiner: Examiner, fields: Iterable[RegisterField]) -> Shown:
    """Return some values of a person. Raise `UndecryptableError`."""
    return {field.value: value_of(examiner, field) for field in fields}


def value_of(examiner: Examiner, field: RegisterField) -> str:
    """Return a value of a person as text. Raise `UndecryptableError`."""
    if field == RegisterField.PESEL:
        return examiner.pesel.digits if examiner.pesel else ""
    if field == RegisterField.ADDRESS:
        return str(examiner.postal_address or "")
    return str(getattr(examiner, field.value))


def show_entry(entry: Entry) -> Shown:
    """Return what an entry is, with its decisions."""
    decisions = entry.decisions.filter(withdrawn_at=None).order_by("decided_on", "id")
    return {
        RegisterField.NUMBER.value: entry.number,
        RegisterField.SCOPE.value: entry.scope.code,
        STATE: str(entry.get_state_display()),
        DECISIONS: "; ".join(f"{one.get_kind_display()} {one.reference}, {one.decided_on}" for one in decisions),
    }


def show_decision(decision: Decision) -> Shown:
    """Return what a decision says."""
    return {
        RegisterField.REFERENCE.value: decision.reference,
        RegisterField.DECIDED_ON.value: str(decision.decided_on),
        RegisterField.GROUND.value: decision.ground,
    }


def show_ends(examiner: Examiner) -> Shown:
    """Return whether the examiner died or went to another board, and the states of the entries."""
    transferred = f"{examiner.transferred_to}, {examiner.transferred_on}" if examiner.transferred_to else ""
    return {
        DECEASED_ON: str(examiner.deceased_on or ""),
        TRANSFERRED_TO: transferred,
        ENTRIES: show_entries(examiner),
    }


def show_entries(examiner: Examiner) -> str:
    """Return the numbers of all entries of a person, each with its state."""
    entries = examiner.entries.order_by("number_key")
    return ", ".join(f"{entry.number} ({entry.get_state_display()})" for entry in entries)


def show_whole(examiner: Examiner) -> Shown:
    """Return everything that joining two records depends on. Raise `UndecryptableError`."""
    person = show_person(examiner, (*NAMES, *IDENTITY))
    return {**person, **show_ends(examiner)}


def require_unchanged(*, shown: Shown, now: Shown) -> None:
    """Raise `ChangedMeanwhileError` unless a form showed what there is now, under the lock of the record."""
    changes = [Change(name, shown.get(name, ""), value) for name, value in now.items() if shown.get(name) != value]
    if changes:
        raise ChangedMeanwhileError(changes, now)
