"""The import of a register file, as a whole."""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.text import compact
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.register.columns import Column
from egzaminator.register.domain.examiners import match_examiners
from egzaminator.register.domain.match_columns import Columns, match_columns
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.domain.read_files import read_rows
from egzaminator.register.domain.rows import Row
from egzaminator.register.domain.write_rows import STATEMENTS, Changes, write_rows
from egzaminator.register.errors import BadRowsError, UnreadableFileError
from egzaminator.register.models import Scope
from egzaminator.register.problems import FileProblem, Problem, RowProblem

# Each query finds the rows that contradict the first row about the same thing, and returns the numbers of both lines.
_SAME_PERSON: Final = """
WITH first AS (SELECT examiner_id, min(line) AS line FROM register_import GROUP BY examiner_id HAVING count(*) > 1)
SELECT other.line, original.line, other.surname_key = original.surname_key
FROM first
JOIN register_import original ON original.line = first.line
JOIN register_import other ON other.examiner_id = first.examiner_id
WHERE (other.surname_key, other.first_names_key) <> (original.surname_key, original.first_names_key)
"""
_SAME_NUMBER: Final = """
WITH first AS (SELECT number_key, min(line) AS line FROM register_import GROUP BY number_key HAVING count(*) > 1)
SELECT other.line, original.line, other.examiner_id = original.examiner_id
FROM first
JOIN register_import original ON original.line = first.line
JOIN register_import other ON other.number_key = first.number_key
WHERE (other.examiner_id, other.scope_id) <> (original.examiner_id, original.scope_id)
"""
_SAME_DECISION: Final = """
WITH first AS (
    SELECT number_key, kind, reference, min(line) AS line FROM register_import
    GROUP BY number_key, kind, reference HAVING count(*) > 1
)
SELECT other.line, original.line
FROM first
JOIN register_import original ON original.line = first.line
JOIN register_import other
  ON (other.number_key, other.kind, other.reference) = (first.number_key, first.kind, first.reference)
WHERE other.decided_on <> original.decided_on AND other.examiner_id = original.examiner_id
"""
_NUMBER_IN_REGISTER: Final = """
SELECT row.line
FROM register_import row JOIN register_entry entry USING (number_key)
WHERE entry.examiner_id <> row.examiner_id
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


# For each column of the table: its SQL declaration, and the type of the binary COPY.
_COLUMNS: Final = {
    "line": ("integer NOT NULL", "int4"),
    "examiner_id": ("uuid NOT NULL", "uuid"),
    "is_new": ("boolean NOT NULL", "bool"),
    "pesel_index": ("bytea", "bytea"),
    "pesel_encrypted": ("bytea", "bytea"),
    "identifier": ("text NOT NULL", "text"),
    "identifier_key": ('text COLLATE "C"', "text"),
    "password_salt": ("text NOT NULL", "text"),
    "surname": ("text NOT NULL", "text"),
    "surname_key": ('text COLLATE "C" NOT NULL', "text"),
    "first_names": ("text NOT NULL", "text"),
    "first_names_key": ('text COLLATE "C" NOT NULL', "text"),
    "sort_key": ('text COLLATE "C" NOT NULL', "text"),
    "search_key": ('text COLLATE "C" NOT NULL', "text"),
    "email": ("text NOT NULL", "text"),
    "number": ("text NOT NULL", "text"),
    "number_key": ('text COLLATE "C" NOT NULL', "text"),
    "scope_id": ("bigint NOT NULL", "int8"),
    "kind": ("text NOT NULL", "text"),
    "reference": ("text NOT NULL", "text"),
    "decided_on": ("date NOT NULL", "date"),
}
_CREATE: Final = f"CREATE TEMPORARY TABLE register_import ({', '.join(f'{n} {d}' for n, (d, _) in _COLUMNS.items())})"
_COPY: Final = f"COPY register_import ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_TYPES: Final = [copied_as for _, copied_as in _COLUMNS.values()]


class Stage:
    """A temporary table, `register_import`, with the rows of a register file on their way into the register.

    The table lives until `clear` or the end of the transaction. It holds no PESEL in plain text.
    """

    def __init__(self, cursor: CursorWrapper) -> None:
        self._cursor = cursor
        self._secret = os.urandom(hashlib.sha256().digest_size)
        self._scopes = {compact(code): pk for code, pk in Scope.objects.order_by("-id").values_list("code", "id")}
        self.new_scopes = 0
        cursor.execute(_CREATE)

    def add(self, rows: Sequence[RegisterRow]) -> None:
        """Add a batch of rows, no larger than memory allows. Create the scopes that the register does not know."""
        people = match_examiners(rows=rows, secret=self._secret)
        scopes = [self._scope(row.scope) for row in rows]
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row, person, scope in zip(rows, people, scopes, strict=True):
                copy.write_row(
                    (
                        row.line,
                        *person,
                        row.surname,
                        compact(row.surname),
                        row.first_names,
                        compact(row.first_names),
                        *row.name_keys,
                        row.email,
                        *row.number,
                        scope,
                        row.kind.value,
                        row.reference,
                        row.decided_on,
                    )
                )

    def finish(self) -> None:
        """Analyse the columns that the table is joined by. Autovacuum never analyses a temporary table."""
        self._cursor.execute("ANALYZE register_import (line, examiner_id, number_key)")

    def clear(self) -> None:
        """Drop the table."""
        self._cursor.execute("DROP TABLE register_import")

    def _scope(self, code: str) -> int:
        key = compact(code)
        if key not in self._scopes:
            self._scopes[key] = Scope.objects.create(code=code, name=code).pk
            self.new_scopes += 1
        return self._scopes[key]


# The id of the advisory lock: an arbitrary number that no other advisory lock of the project has.
_IMPORT_LOCK: Final = 0x5245_4749
_ROWS_AT_ONCE: Final = 2000
# The statements join whole tables. Nested loops would take hours. The planner chooses them if the server analysed a
# table in the middle of an import and found it empty.
_FOR_WHOLE_TABLES: Final = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
_ORDER: Final = {column: index for index, column in enumerate(Column)}
# The share of an import's time that reading the file takes. The database takes the rest.
_READING_SHARE: Final = 0.6


def holds_off_imports() -> bool:
    """Keep imports waiting until the end of the caller's transaction. Return False if one is under way already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_IMPORT_LOCK])
        (is_held,) = cursor.fetchone()
    return bool(is_held)


def wait_for_imports() -> None:
    """Wait for an import that is under way, and keep others waiting until the end of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did or, in a dry run, would do."""

    rows: int
    new_scopes: int
    changes: Changes
    ignored_columns: Sequence[str]
    """The headings of columns that a register does not have."""
    sheet: str = ""
    """The name of the sheet that was read; "" for a file without sheets."""
    other_sheets: Sequence[str] = ()
    """The names of the sheets that were not read."""


def import_register(
    *, file: BinaryIO, dry_run: bool = False, progress: Callable[[float], object] = lambda _: None
) -> ImportSummary:
    """Read a register file into the register: all of it, or nothing.

    `file` is a binary file, seekable and at its beginning, in CSV or XLSX (docs/register-file.md). With `dry_run`,
    write nothing and return what would change. `progress` is called with the share of the work done, from 0 to 1. Of
    two concurrent imports, the second waits for the first (advisory lock).

    Raise `UnreadableFileError`, `MissingColumnsError` or `RepeatedColumnsError` if the file is not a register file,
    `BadRowsError` with every problem of every row, and `IndexKeyChangedError` if the key of the blind index changed.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    table = read_rows(file)
    with closing(table.rows) as rows:
        first = next(rows, None)
        if first is None:
            raise UnreadableFileError(FileProblem.EMPTY)
        columns = match_columns(first[1], sheet=table.sheet)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])
            cursor.execute(_FOR_WHOLE_TABLES)
            require_index_key()
            stage = Stage(cursor)
            count, problems = 0, list[RowProblem]()
            while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
                count += len(some)
                stage.add(list(_parse_rows(some, columns, problems)))
                progress(_READING_SHARE * file.tell() / size)
            stage.finish()
            problems += find_conflicts(cursor)
            if problems:
                located = [
                    replace(problem, sheet=table.sheet, heading=columns.headings.get(problem.column, ""))
                    for problem in problems
                ]
                raise BadRowsError(sorted(located, key=_line_and_column))
            changes = _write(cursor, count, stage, progress)
            if dry_run:
                transaction.set_rollback(True)
    return ImportSummary(count, stage.new_scopes, changes, columns.ignored, table.sheet, table.other_sheets)


def _write(cursor: CursorWrapper, rows: int, stage: Stage, progress: Callable[[float], object]) -> Changes:
    steps = itertools.count(1)
    changes = write_rows(
        cursor, step=lambda: progress(_READING_SHARE + (1 - _READING_SHARE) * next(steps) / STATEMENTS)
    )
    stage.clear()
    record_event(tag=Tag.REGISTER_IMPORTED, details={"rows": rows, "new_scopes": stage.new_scopes, **asdict(changes)})
    return changes


def _parse_rows(rows: Sequence[Row], columns: Columns, problems: list[RowProblem]) -> Iterator[RegisterRow]:
    """Yield the rows that are valid in themselves, and append the problems of the others to `problems`."""
    for line, cells in rows:
        try:
            yield parse_row(line=line, cells=cells, columns=columns)
        except BadRowsError as error:
            problems += error.problems


def _line_and_column(problem: RowProblem) -> tuple[int, int]:
    return problem.line, -1 if problem.column is None else _ORDER[problem.column]
