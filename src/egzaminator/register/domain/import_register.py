"""The import of a register file, as a whole."""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.keys.domain.require_index_key import require_index_key
from egzaminator.register.columns import Column
from egzaminator.register.domain.find_conflicts import find_conflicts
from egzaminator.register.domain.match_columns import Columns, match_columns
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.domain.read_rows import read_rows
from egzaminator.register.domain.rows import Row
from egzaminator.register.domain.stage_rows import Stage
from egzaminator.register.domain.write_rows import STATEMENTS, Changes, write_rows
from egzaminator.register.errors import BadRowsError, UnreadableFileError
from egzaminator.register.problems import FileProblem, RowProblem

# An arbitrary key that none of our other advisory locks uses.
_IMPORT_LOCK: Final = 0x5245_4749
_ROWS_AT_ONCE: Final = 2000
# The statements join whole tables. Nested loops would take hours. The planner chooses them if the server analysed a
# table in the middle of an import and found it empty.
_FOR_WHOLE_TABLES: Final = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
_ORDER: Final = {column: place for place, column in enumerate(Column)}
# The share of an import's time that reading the file takes. The database takes the rest.
_READING_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did or, in a dry run, would do."""

    rows: int
    new_scopes: int
    changes: Changes
    ignored_columns: Sequence[str]
    sheet: str = ""
    """The sheet of a workbook that was read."""
    other_sheets: Sequence[str] = ()


def import_register(
    *, file: BinaryIO, dry_run: bool = False, progress: Callable[[float], object] = lambda _: None
) -> ImportSummary:
    """Read a register file into the register: all of it, or nothing.

    Takes a binary file, seekable and at its beginning, in CSV or XLSX (docs/register-file.md). With `dry_run`, write
    nothing and return what would change. `progress` is called with the share of the work done, from 0 to 1. If two
    imports run concurrently, the second waits for the first (advisory lock).

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
                places = [
                    replace(problem, sheet=table.sheet, heading=columns.headings.get(problem.column, ""))
                    for problem in problems
                ]
                raise BadRowsError(sorted(places, key=_place))
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


def _place(problem: RowProblem) -> tuple[int, int]:
    return problem.line, -1 if problem.column is None else _ORDER[problem.column]
