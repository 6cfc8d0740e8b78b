"""The import of a register file, as a whole: by command, in one go."""

import hashlib
import itertools
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from typing import BinaryIO, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import blind_index
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports.conflicts import find_conflicts
from egzaminator.register.domain.imports.corrections import KeptValue, keep_corrected, put_present_keys
from egzaminator.register.domain.imports.plan import clear_plan, make_plan
from egzaminator.register.domain.imports.record import record_people
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.domain.imports.stage import Stage
from egzaminator.register.domain.match_columns import Columns, match_columns
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.domain.read_files import read_rows
from egzaminator.register.domain.rows import Row, Table
from egzaminator.register.domain.write_rows import STATEMENTS, Changes, write_rows
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import BadRowsError, UnreadableFileError
from egzaminator.register.models import Import, Scope
from egzaminator.register.problems import FileProblem, RowProblem, location_of

# The id of the advisory lock: an arbitrary number that no other advisory lock of the project has.
_IMPORT_LOCK: Final = 0x5245_4749
ROWS_AT_ONCE: Final = 2000
_BYTES_AT_ONCE: Final = 64 * 1024
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


def lock_imports(cursor: CursorWrapper) -> None:
    """Make the caller's transaction the only import until its end. Of two concurrent ones, the second waits."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


def prepare(cursor: CursorWrapper) -> None:
    """Prepare the caller's transaction for staged rows. Raise `IndexKeyChangedError`."""
    cursor.execute(_FOR_WHOLE_TABLES)
    require_index_key()


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A register file, read as far as the names of its columns."""

    file: BinaryIO
    table: Table
    columns: Columns
    size: int
    """In bytes."""

    def share_read(self) -> float:
        """Return the share of the file that was read, from 0 to 1."""
        return self.file.tell() / self.size


def open_register(file: BinaryIO) -> OpenedFile:
    """Open a register file, in CSV or XLSX (docs/register-file.md). It must be seekable.

    Raise `UnreadableFileError`, `MissingColumnsError` or `RepeatedColumnsError` if it is not one.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    table = read_rows(file)
    first = next(table.rows, None)
    if first is None:
        raise UnreadableFileError(FileProblem.EMPTY)
    try:
        return OpenedFile(file, table, match_columns(first[1], sheet=table.sheet), size)
    except BaseException:
        table.rows.close()
        raise


def digest_of(file: BinaryIO) -> bytes:
    """Return the keyed hash of a file's content, by which it is recognised."""
    file.seek(0)
    digest = hashlib.sha256()
    while some := file.read(_BYTES_AT_ONCE):
        digest.update(some)
    return blind_index(digest.hexdigest(), purpose="import")


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
    kept: Sequence[KeptValue] = field(default_factory=list)
    """The values that were corrected by hand, and were therefore left as they are."""
    headings: Mapping[Column | None, str] = field(default_factory=dict)
    """The headings that are spelled differently from the column's own name, by column."""

    @property
    def kept_locations(self) -> list[str]:
        """Where in the file the values stand that were not taken: sheet, line and column, in the active language."""
        return [
            location_of(
                line=value.line,
                sheet=self.sheet,
                heading=self.headings.get(value.column, value.column),
            )
            for value in self.kept
        ]


def import_register(
    *, file: BinaryIO, name: str = "", dry_run: bool = False, progress: Callable[[float], object] = lambda _: None
) -> ImportSummary:
    """Read a register file into the register: all of it, or nothing.

    `file` is a binary file, seekable, in CSV or XLSX (docs/register-file.md); `name` is its name. With `dry_run`, write
    nothing and return what would change. Values that staff corrected by hand are left as they are. `progress` is called
    with the share of the work done, from 0 to 1. Of two concurrent imports, the second waits for the first.

    Raise `UnreadableFileError`, `MissingColumnsError` or `RepeatedColumnsError` if the file is not a register file,
    `BadRowsError` with every problem of every row, and `IndexKeyChangedError` if the key of the blind index changed.
    """
    opened = open_register(file)
    with closing(opened.table.rows), transaction.atomic(), connection.cursor() as cursor:
        lock_imports(cursor)
        prepare(cursor)
        stage = Stage(cursor)
        count = _stage_all(stage, opened, progress)
        kept = put_present_keys(cursor)
        make_plan(cursor)
        kept += keep_corrected(cursor, codes=stage.codes())
        report = ImportReport(
            name=name,
            sheet=opened.table.sheet,
            other_sheets=opened.table.other_sheets,
            ignored_columns=opened.columns.ignored,
        )
        steps = itertools.count(1)
        scopes, changes = write_staged(
            cursor, stage, by=None, step=lambda: progress(_READING_SHARE + _WRITING_SHARE * next(steps) / STATEMENTS)
        )
        if dry_run:
            transaction.set_rollback(True)
        else:
            one = Import(state=ImportState.APPLIED, percent=100, digest=digest_of(file), applied_at=timezone.now())
            one.report_encrypted = report.encrypted_for(one)
            one.counts = {"rows": count, "apart": len({value.line for value in kept})}
            one.save()
            record_import(one, new_scopes=scopes, changes=changes)
            clear_plan(cursor)
            stage.clear()
    return ImportSummary(
        count,
        scopes,
        changes,
        opened.columns.ignored,
        opened.table.sheet,
        opened.table.other_sheets,
        sorted(kept),
        opened.columns.headings,
    )


_WRITING_SHARE: Final = 0.4


def _stage_all(stage: Stage, opened: OpenedFile, progress: Callable[[float], object]) -> int:
    """Stage the rows of a file and return how many there are. Raise `BadRowsError` with the problems of all of them."""
    count, problems = 0, list[RowProblem]()
    while some := list(itertools.islice(opened.table.rows, ROWS_AT_ONCE)):
        count += len(some)
        stage.add(list(_parse_rows(some, opened.columns, problems)))
        progress(_READING_SHARE * opened.share_read())
    stage.finish()
    stage.lock_people()
    problems += find_conflicts(stage.cursor)
    if problems:
        located = [
            replace(problem, sheet=opened.table.sheet, heading=opened.columns.headings.get(problem.column, ""))
            for problem in problems
        ]
        raise BadRowsError(sorted(located, key=line_and_column))
    return count


def write_staged(
    cursor: CursorWrapper, stage: Stage, *, by: uuid.UUID | None, step: Callable[[], object]
) -> tuple[int, Changes]:
    """Write staged rows, as planned, into the register; return how many scopes are new, and what changed.

    `by` is the staff account whose file it is; None: it came by command.
    """
    scopes = Scope.objects.bulk_create(stage.new_scopes())
    changes = write_rows(cursor, by=by, step=step)
    # At the commit each new row's foreign keys are looked up. A session plans that once, perhaps when the tables were
    # still so small that it read all of them.
    cursor.execute("DISCARD PLANS")
    return len(scopes), changes


def record_import(one: Import, *, new_scopes: int, changes: Changes) -> None:
    """Keep what an import did: its numbers, and what it changed of each person."""
    done = {"new_scopes": new_scopes, **asdict(changes)}
    one.counts |= done
    one.save(update_fields=["counts"])
    record_people(one)
    details = {"import": str(one.pk), "rows": one.counts["rows"], **done}
    record_event(tag=Tag.REGISTER_IMPORTED, by=Actor(one.uploader), details=details)


def _parse_rows(rows: Sequence[Row], columns: Columns, problems: list[RowProblem]) -> Iterator[RegisterRow]:
    """Yield the rows that are valid in themselves, and append the problems of the others to `problems`."""
    for line, cells in rows:
        try:
            yield parse_row(line=line, cells=cells, columns=columns)
        except BadRowsError as error:
            problems += error.problems


def line_and_column(problem: RowProblem) -> tuple[int, int]:
    """Return what problems are sorted by."""
    return problem.line, -1 if problem.column is None else _ORDER[problem.column]
