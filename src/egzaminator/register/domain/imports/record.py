"""What an import did to each person, kept so that it can be taken back, and so that the board knows whom it touched."""

import itertools
import json
import uuid
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from egzaminator.core.encryption import encrypt
from egzaminator.register.domain.imports.plan import in_batches, planned_address
from egzaminator.register.models import Import, changes_context

# Of every row that does something, with the ids that what it added has by now. Those of a person follow one another.
_DONE: Final = """
SELECT plan.examiner_id, plan.is_new_person,
       plan.old_surname, plan.surname, plan.old_first_names, plan.first_names,
       plan.old_email, plan.email, plan.old_email_since, plan.old_email_by,
       plan.old_address_encrypted, plan.address_encrypted,
       entry.id, plan.is_new_entry, plan.old_number, plan.number, plan.old_scope_id, plan.scope_id,
       decision.id, plan.is_new_decision, plan.old_decided_on, plan.decided_on
FROM planned_row plan
LEFT JOIN register_entry entry ON entry.number_key = plan.number_key
LEFT JOIN register_decision decision
    ON (decision.entry_id, decision.kind, decision.reference) = (entry.id, plan.kind, plan.reference)
WHERE plan.is_new_person OR plan.is_new_entry OR plan.is_new_decision
   OR COALESCE(plan.old_surname, plan.old_first_names, plan.old_email, plan.old_number, plan.old_scope_id::text,
               plan.old_decided_on::text, plan.old_address_encrypted::text) IS NOT NULL
ORDER BY plan.examiner_id, plan.line
"""
_COPY: Final = """
COPY register_importedperson (id, source_id, examiner_id, is_new, changes_encrypted) FROM STDIN (FORMAT BINARY)
"""
_TYPES: Final = ("uuid", "uuid", "uuid", "bool", "bytea")


def record_people(source: Import) -> None:
    """Keep what an import did to each person, from the plan and the register as it is after `write_rows`.

    The changes of a person, encrypted:

        {"surname": [old, new], "first_names": [old, new], "email": [old, new], "email_since": old, "email_by": old,
         "address": [old parts, new parts],
         "entries": [{"id": 7, "is_new": false, "number": [old, new], "scope": [old id, new id]}],
         "decisions": [{"id": 9, "is_new": true, "decided_on": [old, new]}]}

    What did not change is not there; what is new has its id alone. No address is null. Times and dates are in ISO 8601.
    """
    people = itertools.groupby(in_batches(_DONE), key=itemgetter(0))
    # The rows are read on a cursor of their own while others are written, so they are copied in batches.
    while batch := [_person(source, examiner_id, list(rows)) for examiner_id, rows in itertools.islice(people, 1000)]:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in batch:
                copy.write_row(row)


def _person(source: Import, examiner_id: uuid.UUID, rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    key = uuid.uuid4()
    is_new = any(row[1] for row in rows)
    changes = json.dumps(_changes(rows), ensure_ascii=False)
    return key, source.pk, examiner_id, is_new, encrypt(changes, context=changes_context(key))


def _changes(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    entries: dict[int, dict[str, Any]] = {}
    decisions: dict[int, dict[str, Any]] = {}
    for row in rows:
        changes |= dict(_of_person(row[2:10]))
        if row[10] is not None:
            changes["address"] = [planned_address(value, row[0]) for value in row[10:12]]
        entry_id, is_new_entry, old_number, number, old_scope, scope = row[12:18]
        decision_id, is_new_decision, old_date, date = row[18:]
        entry = {"number": [old_number, number], "scope": [old_scope, scope]}
        _add(entries, entry_id, entry, is_new=is_new_entry)
        decision = {"decided_on": [old_date and old_date.isoformat(), date.isoformat()]}
        _add(decisions, decision_id, decision, is_new=is_new_decision)
    return changes | {"entries": list(entries.values()), "decisions": list(decisions.values())}


def _of_person(values: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    old_surname, surname, old_names, names, old_email, email, since, by = values
    if old_surname is not None:
        yield "surname", [old_surname, surname]
    if old_names is not None:
        yield "first_names", [old_names, names]
    if old_email is not None:
        yield "email", [old_email, email]
        yield "email_since", since and since.isoformat()
        yield "email_by", by and str(by)


def _add(things: dict[int, dict[str, Any]], pk: int, changed: dict[str, list[Any]], *, is_new: bool) -> None:
    """Note an entry or a decision, if it is new or has a value that changed."""
    if is_new:
        things[pk] = {"id": pk, "is_new": True}
    elif changes := {name: pair for name, pair in changed.items() if pair[0] is not None}:
        things[pk] = {"id": pk, "is_new": False} | changes
