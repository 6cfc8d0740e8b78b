"""The register files that an examiner's data came with, and what they changed."""

from typing import Any

from egzaminator.core.postal_address import PostalAddress
from egzaminator.register.models import Examiner, ImportedPerson


def imports_of(*, examiner: Examiner) -> list[dict[str, Any]]:
    """Return when register files were read in that wrote an examiner's data, the oldest first, and the former values.

    A former value is there as long as the import can be undone, and longer for nobody. Who uploaded the file is not
    said. Raise `UndecryptableError`.
    """
    people = ImportedPerson.objects.filter(examiner_id__in=examiner.known_ids).select_related("source")
    return [_imported(person) for person in people.order_by("source__applied_at", "id")]


def _imported(person: ImportedPerson) -> dict[str, Any]:
    changes = person.changes or {}
    known = {
        "applied_at": person.source.applied_at,
        "is_new": person.is_new,
        "undo_outcome": person.undo_outcome,
        "former_surname": _former(changes, "surname"),
        "former_first_names": _former(changes, "first_names"),
        "former_email": _former(changes, "email"),
        "former_postal_address": str(
            PostalAddress(*postal_address) if (postal_address := changes.get("address", [None])[0]) else ""
        ),
    }
    # Of whoever was taken back, the register has no entries any more.
    numbers = [entry["number"] for entry in changes.get("taken_back", [])]
    return {**known, "former_numbers": ", ".join(numbers)}


def _former(changes: dict[str, Any], name: str) -> str:
    old, _ = changes.get(name, ("", ""))
    return str(old)
