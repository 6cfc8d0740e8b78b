"""The values that staff corrected by hand, against which a file still has others. An import leaves them as they are."""

import uuid
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import undecryptable_recorded
from egzaminator.core.encryption import decrypt
from egzaminator.core.text import compact
from egzaminator.register.columns import Column
from egzaminator.register.domain.former_values import former_value
from egzaminator.register.domain.imports.plan import planned_text
from egzaminator.register.domain.name_keys import name_keys
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Decision, Entry, Examiner, FormerValue, former_context


class KeptValue(NamedTuple):
    """A value that was corrected by hand, and that a row of a file has otherwise."""

    line: int
    field: RegisterField
    kept: str
    """As the register has it: a date as 2026-11-22, a scope as its code."""
    offered: str
    """As the file has it."""

    @property
    def column(self) -> Column:
        """The column of the file that it stands in."""
        return Column.LOCALITY if self.field == RegisterField.ADDRESS else Column[self.field.name]


class _Rule(NamedTuple):
    """How a planned change of a column is found to stand against a correction, and left out."""

    column: str
    former: str
    """The condition that a former value is one of the same thing."""
    same: str
    """The condition that a staged row is about the same thing as a planned one."""


_OF_PERSON: Final = ("former.examiner_id = plan.examiner_id", "row.examiner_id = plan.examiner_id")
_OF_ENTRY: Final = ("former.entry_id = plan.entry_id", "row.number_key = plan.number_key")
_OF_DECISION: Final = (
    "former.decision_id = plan.decision_id",
    "(row.number_key, row.kind, row.reference) = (plan.number_key, plan.kind, plan.reference)",
)
_RULES: Final = {
    RegisterField.SURNAME: _Rule("surname", *_OF_PERSON),
    RegisterField.FIRST_NAMES: _Rule("first_names", *_OF_PERSON),
    RegisterField.EMAIL: _Rule("email", *_OF_PERSON),
    RegisterField.ADDRESS: _Rule("address_encrypted", *_OF_PERSON),
    RegisterField.NUMBER: _Rule("number", *_OF_ENTRY),
    RegisterField.SCOPE: _Rule("scope_id", *_OF_ENTRY),
    RegisterField.DECIDED_ON: _Rule("decided_on", *_OF_DECISION),
}
# An empty address in a file leaves the register's.
_EMPTY: Final = {RegisterField.EMAIL: "''", RegisterField.ADDRESS: "NULL"}
_FIND: Final = """
SELECT plan.line, plan.examiner_id, plan.old_{column}, plan.{column}
FROM planned_row plan
WHERE plan.old_{column} IS NOT NULL
  AND EXISTS (SELECT FROM register_formervalue former WHERE former.field = %(field)s AND {former})
"""
_STAGE_AGAIN: Final = """
UPDATE staged_row row SET {column} = {kept} FROM planned_row plan WHERE plan.line = ANY(%(lines)s) AND {same}
"""
_PLAN_AGAIN: Final = """
UPDATE planned_row SET {column} = old_{column}, old_{column} = NULL WHERE line = ANY(%(lines)s)
"""


def keep_corrected(cursor: CursorWrapper, *, codes: Mapping[int, str], ticked: Collection[int] = ()) -> list[KeptValue]:
    """Take out of the staged rows and their plan what would change a correction back, and return all of it, by line.

    `codes` are those of all scopes, by id. The rows in `ticked` keep their values, because staff chose them.
    """
    found = []
    for field, rule in _RULES.items():
        cursor.execute(_FIND.format(**rule._asdict()), {"field": field.value})
        values = [
            KeptValue(line, field, *(planned_text(field, value, examiner_id, codes) for value in (kept, offered)))
            for line, examiner_id, kept, offered in cursor.fetchall()
        ]
        lines = {"lines": [value.line for value in values if value.line not in ticked]}
        if lines["lines"]:
            kept = _EMPTY.get(field, f"plan.old_{rule.column}")
            cursor.execute(_STAGE_AGAIN.format(**rule._asdict(), kept=kept), lines)
            cursor.execute(_PLAN_AGAIN.format(**rule._asdict()), lines)
        found += values
    _make_name_keys(cursor, [value.line for value in found if value.field in _NAMES and value.line not in ticked])
    return sorted(found)


def keep_replaced(cursor: CursorWrapper, values: Collection[KeptValue], *, by: uuid.UUID | None) -> None:
    """Keep, as former ones, the corrected values that staff chose to have replaced, before they are."""
    cursor.execute(
        "SELECT line, examiner_id, entry_id, decision_id FROM planned_row WHERE line = ANY(%s)",
        [[value.line for value in values]],
    )
    things = {line: ids for line, *ids in cursor.fetchall()}
    rows = []
    for value in values:
        examiner_id, entry_id, decision_id = things[value.line]
        rule = _RULES[value.field]
        rows.append(
            former_value(
                examiner=Examiner(pk=examiner_id),
                field=value.field,
                value=value.kept,
                by=Actor(by),
                reason=None,
                entry=Entry(pk=entry_id) if rule[1:] == _OF_ENTRY else None,
                decision=Decision(pk=decision_id) if rule[1:] == _OF_DECISION else None,
            )
        )
    FormerValue.objects.bulk_create([row for row in rows if row])


_NAMES: Final = (RegisterField.SURNAME, RegisterField.FIRST_NAMES)
_SORT_AGAIN: Final = """
UPDATE staged_row row SET sort_key = told.sort_key, search_key = told.search_key
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS told (examiner_id, sort_key, search_key)
WHERE row.examiner_id = told.examiner_id
"""


def _make_name_keys(cursor: CursorWrapper, lines: Collection[int]) -> None:
    cursor.execute("SELECT examiner_id, surname, first_names FROM planned_row WHERE line = ANY(%s)", [list(lines)])
    people = {examiner_id: name_keys(surname=surname, first_names=names) for examiner_id, surname, names in cursor}
    if people:
        keys = people.values()
        cursor.execute(_SORT_AGAIN, [[*people], [key.sort for key in keys], [key.search for key in keys]])


# A number and a reference are what an entry and a decision are found by. So a corrected one has to be put in the place
# of the former one before anything is compared, or the entry or decision would be added a second time.
_FORMER: Final = """
SELECT former.id, former.value_encrypted, former.field, former.examiner_id,
       entry.number_key, entry.number, decision.kind, decision.reference
FROM register_formervalue former
LEFT JOIN register_decision decision ON decision.id = former.decision_id
JOIN register_entry entry ON entry.id = COALESCE(former.entry_id, decision.entry_id)
WHERE former.field IN (%s, %s) AND former.examiner_id IN (SELECT examiner_id FROM staged_row)
"""
_PRESENT_NUMBERS: Final = """
UPDATE staged_row row SET number = told.number, number_key = told.number_key
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS told (examiner_id, former, number, number_key)
WHERE row.examiner_id = told.examiner_id AND row.number_key = told.former
  AND NOT EXISTS (SELECT FROM register_entry entry WHERE entry.number_key = told.former)
RETURNING row.line, told.number, told.former
"""
_PRESENT_REFERENCES: Final = """
UPDATE staged_row row SET reference = told.reference
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS told (number_key, kind, former, reference)
WHERE (row.number_key, row.kind, row.reference) = (told.number_key, told.kind, told.former)
  AND NOT EXISTS (
    SELECT FROM register_decision decision JOIN register_entry entry ON entry.id = decision.entry_id
    WHERE (entry.number_key, decision.kind, decision.reference) = (told.number_key, told.kind, told.former)
  )
RETURNING row.line, told.reference, told.former
"""


def put_present_keys(cursor: CursorWrapper) -> list[KeptValue]:
    """Replace, in the staged rows, the numbers and references that staff corrected by the present ones; return them.

    These are always kept: a number that changes back would be another credential of a first login.
    """
    numbers, references = [], []
    cursor.execute(_FORMER, [RegisterField.NUMBER.value, RegisterField.REFERENCE.value])
    for pk, encrypted, field, examiner_id, number_key, number, kind, reference in cursor.fetchall():
        with undecryptable_recorded():
            former = decrypt(encrypted, context=former_context(pk))
            if field == RegisterField.NUMBER:
                numbers.append((examiner_id, compact(former), number, number_key))
            else:
                references.append((number_key, kind, former, reference))
    kept = []
    for field, query, told in (
        (RegisterField.NUMBER, _PRESENT_NUMBERS, numbers),
        (RegisterField.REFERENCE, _PRESENT_REFERENCES, references),
    ):
        if told:
            cursor.execute(query, [list(column) for column in zip(*told, strict=True)])
            kept += [KeptValue(line, field, present, former) for line, present, former in cursor.fetchall()]
    return kept
