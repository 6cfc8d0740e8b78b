"""What staged rows would do to the register, row by row: the plan of an import."""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from egzaminator.audit.domain.events import undecryptable_recorded
from egzaminator.core.encryption import decrypt
from egzaminator.core.postal_address import PostalAddress
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import address_context

# A value is decided by one row: the first of the person, of the entry or of the decision (`write_rows`). An old value
# is that of the register if the row changes it, and NULL if not. No address is an empty one here.
_PLAN: Final = """
CREATE TEMPORARY TABLE planned_row AS
WITH decider AS (
    SELECT line,
           line = min(line) OVER (PARTITION BY examiner_id) AS of_person,
           line = min(line) FILTER (WHERE email <> '') OVER (PARTITION BY examiner_id) AS of_email,
           line = min(line) FILTER (WHERE address_encrypted IS NOT NULL) OVER (PARTITION BY examiner_id) AS of_address,
           line = min(line) OVER (PARTITION BY number_key) AS of_entry,
           line = min(line) OVER (PARTITION BY number_key, kind, reference) AS of_decision
    FROM staged_row
)
SELECT row.line, row.examiner_id, row.number_key, row.kind, row.reference,
       row.surname, row.first_names, row.email, row.address_encrypted, row.number, row.scope_id, row.decided_on,
       entry.id AS entry_id, decision.id AS decision_id,
       row.is_new AND decider.of_person AS is_new_person,
       entry.id IS NULL AND decider.of_entry AS is_new_entry,
       decision.id IS NULL AND decider.of_decision AS is_new_decision,
       CASE WHEN decider.of_person AND examiner.surname <> row.surname THEN examiner.surname END AS old_surname,
       CASE WHEN decider.of_person AND examiner.first_names <> row.first_names
            THEN examiner.first_names END AS old_first_names,
       CASE WHEN decider.of_email AND examiner.email <> row.email THEN examiner.email END AS old_email,
       examiner.email_since AS old_email_since, examiner.email_by AS old_email_by,
       CASE WHEN decider.of_address AND examiner.address_encrypted IS DISTINCT FROM row.address_encrypted
                 AND NOT row.is_new
            THEN COALESCE(examiner.address_encrypted, '') END AS old_address_encrypted,
       CASE WHEN decider.of_entry AND entry.number <> row.number THEN entry.number END AS old_number,
       CASE WHEN decider.of_entry AND entry.scope_id <> row.scope_id THEN entry.scope_id END AS old_scope_id,
       CASE WHEN decider.of_decision AND decision.decided_on <> row.decided_on
            THEN decision.decided_on END AS old_decided_on
FROM staged_row row
JOIN decider USING (line)
LEFT JOIN register_examiner examiner ON examiner.id = row.examiner_id
LEFT JOIN register_entry entry ON entry.number_key = row.number_key
LEFT JOIN register_decision decision
    ON (decision.entry_id, decision.kind, decision.reference) = (entry.id, row.kind, row.reference)
"""
_ROWS_AT_ONCE: Final = 2000


class PlannedRow(NamedTuple):
    """What one row would do, in the order of the table's columns. An old value is None if the row leaves it."""

    line: int
    examiner_id: uuid.UUID
    number_key: str
    kind: str
    reference: str
    surname: str
    first_names: str
    email: str
    address_encrypted: bytes | None
    number: str
    scope_id: int
    decided_on: datetime.date
    entry_id: int | None
    decision_id: int | None
    is_new_person: bool
    is_new_entry: bool
    is_new_decision: bool
    old_surname: str | None
    old_first_names: str | None
    old_email: str | None
    old_email_since: datetime.datetime | None
    old_email_by: uuid.UUID | None
    old_address_encrypted: bytes | None
    old_number: str | None
    old_scope_id: int | None
    old_decided_on: datetime.date | None

    @property
    def changes_register(self) -> bool:
        """Whether the register is another one after it."""
        of_person = (self.old_surname, self.old_first_names, self.old_email, self.old_address_encrypted)
        of_entry = (self.old_number, self.old_scope_id, self.old_decided_on)
        is_changed = any(value is not None for value in (*of_person, *of_entry))
        return is_changed or self.is_new_person or self.is_new_entry or self.is_new_decision


def planned_address(value: bytes | None, examiner_id: uuid.UUID) -> PostalAddress | None:
    """Return an address of the plan, or None if there is none, or only a damaged one, which is recorded."""
    if value:
        with undecryptable_recorded():
            return PostalAddress.from_json(decrypt(value, context=address_context(examiner_id)))
    return None


def planned_text(field: RegisterField, value: Any, examiner_id: uuid.UUID, codes: Mapping[int, str]) -> str:
    """Return a value of the plan as people read it: a scope by its code, a date as 2026-11-22."""
    if field == RegisterField.ADDRESS:
        return str(planned_address(value, examiner_id) or "")
    return codes[value] if field == RegisterField.SCOPE else str(value)


def make_plan(cursor: CursorWrapper) -> None:
    """Make the temporary table `planned_row` of the staged rows. It lives as long as theirs."""
    cursor.execute(_PLAN)
    cursor.execute("ANALYZE planned_row (line, examiner_id, number_key)")


def clear_plan(cursor: CursorWrapper) -> None:
    """Drop the table."""
    cursor.execute("DROP TABLE planned_row")


def planned_rows() -> Iterator[PlannedRow]:
    """Yield the plan in the order of the file, in the caller's transaction and in constant memory."""
    return map(PlannedRow._make, in_batches("SELECT * FROM planned_row ORDER BY line"))


def in_batches(query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query of temporary tables, without having all of them in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from rows
