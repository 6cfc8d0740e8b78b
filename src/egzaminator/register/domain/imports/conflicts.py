"""The rows of a register file that contradict one another or the register."""

from collections.abc import Iterator
from typing import Final

from django.db.backends.utils import CursorWrapper

from egzaminator.register.columns import Column
from egzaminator.register.problems import Problem, RowProblem

# Each query finds the rows that contradict the first row about the same thing, and returns the numbers of both lines.
_SAME_PERSON: Final = """
WITH first AS (SELECT examiner_id, min(line) AS line FROM staged_row GROUP BY examiner_id HAVING count(*) > 1)
SELECT other.line, original.line, other.surname_key = original.surname_key
FROM first
JOIN staged_row original ON original.line = first.line
JOIN staged_row other ON other.examiner_id = first.examiner_id
WHERE (other.surname_key, other.first_names_key) <> (original.surname_key, original.first_names_key)
"""
_SAME_NUMBER: Final = """
WITH first AS (SELECT number_key, min(line) AS line FROM staged_row GROUP BY number_key HAVING count(*) > 1)
SELECT other.line, original.line, other.examiner_id = original.examiner_id
FROM first
JOIN staged_row original ON original.line = first.line
JOIN staged_row other ON other.number_key = first.number_key
WHERE (other.examiner_id, other.scope_id) <> (original.examiner_id, original.scope_id)
"""
_SAME_DECISION: Final = """
WITH first AS (
    SELECT number_key, kind, reference, min(line) AS line FROM staged_row
    GROUP BY number_key, kind, reference HAVING count(*) > 1
)
SELECT other.line, original.line
FROM first
JOIN staged_row original ON original.line = first.line
JOIN staged_row other
  ON (other.number_key, other.kind, other.reference) = (first.number_key, first.kind, first.reference)
WHERE other.decided_on <> original.decided_on AND other.examiner_id = original.examiner_id
"""
_NUMBER_IN_REGISTER: Final = """
SELECT row.line
FROM staged_row row JOIN register_entry entry USING (number_key)
WHERE entry.examiner_id <> row.examiner_id
"""
# A former PESEL or identifier stands for nobody: it was wrong, or its person has another one. That of a person who was
# taken back is free for a corrected file.
_FORMER_NAME: Final = """
SELECT row.line, row.pesel_index IS NOT NULL
FROM staged_row row
WHERE row.is_new AND EXISTS (
    SELECT FROM register_formervalue former
    JOIN register_examiner holder ON holder.id = former.examiner_id AND holder.taken_back_at IS NULL
    WHERE former.pesel_index = row.pesel_index OR former.identifier_key = row.identifier_key
)
"""


def find_conflicts(cursor: CursorWrapper) -> Iterator[RowProblem]:
    """Yield a problem for each staged row that contradicts another staged row or the register."""
    cursor.execute(_SAME_PERSON)
    for line, original, is_surname_same in cursor.fetchall():
        column = Column.FIRST_NAMES if is_surname_same else Column.SURNAME
        yield RowProblem(line, column, Problem.NAMES_DIFFER, original)
    cursor.execute(_SAME_NUMBER)
    for line, original, is_person_same in cursor.fetchall():
        if is_person_same:
            yield RowProblem(line, Column.SCOPE, Problem.SCOPE_DIFFERS, original)
        else:
            yield RowProblem(line, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_FILE, original)
    cursor.execute(_SAME_DECISION)
    for line, original in cursor.fetchall():
        yield RowProblem(line, Column.DECIDED_ON, Problem.DECISION_DATE_DIFFERS, original)
    cursor.execute(_NUMBER_IN_REGISTER)
    for (line,) in cursor.fetchall():
        yield RowProblem(line, Column.NUMBER, Problem.NUMBER_OF_ANOTHER_IN_REGISTER)
    cursor.execute(_FORMER_NAME)
    for line, is_pesel in cursor.fetchall():
        yield RowProblem(line, Column.PESEL if is_pesel else Column.IDENTIFIER, Problem.CORRECTED_SINCE)
