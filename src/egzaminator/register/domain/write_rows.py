"""SQL that brings the register up to date with the staged rows."""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from egzaminator.register.domain.settling import SETTLE_IMPORTED, SETTLE_VALUES

# The first row of a person decides the name. Their first row with an address, of each kind, decides that.
_PEOPLE: Final = """
WITH person AS (
    SELECT examiner_id, min(line) AS line, min(line) FILTER (WHERE email <> '') AS email_line,
           min(line) FILTER (WHERE address_encrypted IS NOT NULL) AS address_line
    FROM staged_row GROUP BY examiner_id
), told AS (
    SELECT row.*, mail.email AS told_email, post.address_encrypted AS told_address
    FROM person
    JOIN staged_row row ON row.line = person.line
    LEFT JOIN staged_row mail ON mail.line = person.email_line
    LEFT JOIN staged_row post ON post.line = person.address_line
)
"""
_CHANGE_EXAMINERS: Final = f"""
{_PEOPLE}
UPDATE register_examiner examiner
SET surname = told.surname, first_names = told.first_names, sort_key = told.sort_key, search_key = told.search_key,
    email = COALESCE(told.told_email, examiner.email), updated_at = %(now)s,
    address_encrypted = COALESCE(told.told_address, examiner.address_encrypted),
    email_since = CASE WHEN lower(COALESCE(told.told_email, examiner.email)) = lower(examiner.email)
                       THEN examiner.email_since ELSE %(now)s END,
    email_by = CASE WHEN lower(COALESCE(told.told_email, examiner.email)) = lower(examiner.email)
                    THEN examiner.email_by ELSE %(by)s::uuid END
FROM told
WHERE examiner.id = told.examiner_id
  AND ((examiner.surname, examiner.first_names, examiner.sort_key, examiner.search_key, examiner.email)
       <> (told.surname, told.first_names, told.sort_key, told.search_key, COALESCE(told.told_email, examiner.email))
       OR told.told_address IS NOT NULL AND told.told_address IS DISTINCT FROM examiner.address_encrypted)
"""  # noqa: S608 -- built from constants only
_ADD_EXAMINERS: Final = f"""
{_PEOPLE}
INSERT INTO register_examiner
    (id, pesel_encrypted, pesel_index, identifier, identifier_key, surname, first_names, sort_key, search_key, email,
     email_since, email_by, address_encrypted, transferred_to, password_salt, created_at, updated_at)
SELECT examiner_id, pesel_encrypted, pesel_index, identifier, identifier_key, surname, first_names, sort_key,
       search_key, COALESCE(told_email, ''), %(now)s, CASE WHEN told_email IS NOT NULL THEN %(by)s::uuid END,
       told_address, '', password_salt, %(now)s, %(now)s
FROM told WHERE is_new
"""  # noqa: S608 -- built from constants only
_NUMBERS: Final = """
WITH number AS (SELECT min(line) AS line FROM staged_row GROUP BY number_key),
told AS (SELECT row.* FROM number JOIN staged_row row USING (line))
"""
_CHANGE_ENTRIES: Final = f"""
{_NUMBERS}
UPDATE register_entry entry SET number = told.number, scope_id = told.scope_id
FROM told
WHERE entry.number_key = told.number_key AND (entry.number, entry.scope_id) <> (told.number, told.scope_id)
"""  # noqa: S608 -- built from constants only
# The state and date are right for an entry with a single decision, which most are. `SETTLE_IMPORTED` corrects the rest.
_ADD_ENTRIES: Final = f"""
{_NUMBERS}
INSERT INTO register_entry (examiner_id, scope_id, number, number_key, state, entered_on)
SELECT told.examiner_id, told.scope_id, told.number, told.number_key, %(active)s, told.decided_on
FROM told LEFT JOIN register_entry entry USING (number_key)
WHERE entry.id IS NULL
ORDER BY told.line
"""  # noqa: S608 -- built from constants only
_DECISIONS: Final = """
WITH decision AS (SELECT min(line) AS line FROM staged_row GROUP BY number_key, kind, reference),
told AS (
    SELECT row.line, entry.id AS entry_id, row.kind, row.reference, row.decided_on
    FROM decision JOIN staged_row row USING (line) JOIN register_entry entry USING (number_key)
)
"""
_CHANGE_DECISIONS: Final = f"""
{_DECISIONS}
UPDATE register_decision decision SET decided_on = told.decided_on
FROM told
WHERE (decision.entry_id, decision.kind, decision.reference) = (told.entry_id, told.kind, told.reference)
  AND decision.decided_on <> told.decided_on
"""  # noqa: S608 -- built from constants only
# Inserted in the order of the file, which also orders two decisions of the same day.
_ADD_DECISIONS: Final = f"""
{_DECISIONS}
INSERT INTO register_decision (entry_id, kind, reference, decided_on, ground)
SELECT told.entry_id, told.kind, told.reference, told.decided_on, ''
FROM told LEFT JOIN register_decision decision USING (entry_id, kind, reference)
WHERE decision.id IS NULL
ORDER BY told.line
"""  # noqa: S608 -- built from constants only
# The number of statements that `write_rows` runs.
STATEMENTS: Final = 7


@dataclass(frozen=True, slots=True)
class Changes:
    """The numbers of rows of the register that were added or changed."""

    new_examiners: int
    changed_examiners: int
    new_entries: int
    changed_entries: int
    new_decisions: int
    changed_decisions: int
    struck_off: int
    restored: int


def write_rows(cursor: CursorWrapper, *, by: uuid.UUID | None, step: Callable[[], object]) -> Changes:
    """Bring the register up to date with the staged rows, and leave the rows that already agree untouched.

    Takes the cursor of the staging transaction, and `step`, which is called after each statement. The staged rows must
    be free of conflicts. `by` is the staff account whose file it is, None if it came by command: an e-mail address that
    one officer read in proves no more than one that they typed.
    """
    values: dict[str, str | uuid.UUID | datetime.datetime | None] = {
        "now": timezone.now(),
        "by": by,
        **SETTLE_VALUES,
    }
    counts = []
    for statement in (
        _CHANGE_EXAMINERS,
        _ADD_EXAMINERS,
        _CHANGE_ENTRIES,
        _ADD_ENTRIES,
        _CHANGE_DECISIONS,
        _ADD_DECISIONS,
    ):
        cursor.execute(statement, values)
        counts.append(cursor.rowcount)
        step()
    cursor.execute(SETTLE_IMPORTED, values)
    struck_off, restored = cursor.fetchone()
    step()
    changed_examiners, new_examiners, changed_entries, new_entries, changed_decisions, new_decisions = counts
    return Changes(
        new_examiners=new_examiners,
        changed_examiners=changed_examiners,
        new_entries=new_entries,
        changed_entries=changed_entries,
        new_decisions=new_decisions,
        changed_decisions=changed_decisions,
        struck_off=struck_off,
        restored=restored,
    )
