"""The job that checks an uploaded file: it reads all of it and keeps what each row would do. It writes no register."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from egzaminator.register.domain.imports.command import ROWS_AT_ONCE, OpenedFile, digest_of, open_register, prepare
from egzaminator.register.domain.imports.conflicts import find_conflicts
from egzaminator.register.domain.imports.corrections import keep_corrected, put_present_keys
from egzaminator.register.domain.imports.jobs import CHECK_TASK, Progress, change_mine, work_on
from egzaminator.register.domain.imports.parsed_rows import dump_rows
from egzaminator.register.domain.imports.plan import clear_plan, make_plan
from egzaminator.register.domain.imports.preview_rows import (
    IsOwn,
    OwnRows,
    ShownRow,
    count_rows,
    keep_rows,
    shown_rows,
    valid_cells,
    wrong_row,
)
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.domain.imports.stage import Stage
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from egzaminator.register.domain.rows import Row
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import BadRowsError, RegisterFileError, UnreadableFileError
from egzaminator.register.models import Import
from egzaminator.register.problems import FileProblem
from egzaminator.stored_files.domain.files import complete_file, write_file
from egzaminator.stored_files.domain.seekable import open_stored_file
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import StoredFile

MOST_ROWS: Final = 100_000
_PURPOSE: Final = "import-rows"
_READING_SHARE: Final = 0.7


def check_import(*, own_rows: OwnRows) -> None:
    """Check the oldest uploaded file that is due, if any. `own_rows` tells which rows are its uploader's own."""
    with work_on(CHECK_TASK) as (one, progress):
        if one is None:
            return
        if one.file is None:
            raise FileGoneError
        with open_stored_file(one.file) as file:
            digest = digest_of(file)
            try:
                opened = open_register(file)
                with closing(opened.table.rows):
                    _check(one, one.file, digest, opened, progress, own_rows(one.uploader))
            except RegisterFileError as error:
                report = ImportReport(name=ImportReport.of(one).name, refusal=error)
                values = {"digest": digest, "report_encrypted": report.encrypted_for(one)}
                change_mine(one, state=ImportState.REFUSED, checked_at=timezone.now(), percent=100, **values)


def _check(one: Import, file: StoredFile, digest: bytes, opened: OpenedFile, progress: Progress, is_own: IsOwn) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        prepare(cursor)
        stage = Stage(cursor)
        parsed = write_file(
            owner=file.owner, purpose=_PURPOSE, name=_PURPOSE, content=_parsed(one, opened, stage, progress)
        )
        stage.finish()
        problems = list(find_conflicts(cursor))
        kept = put_present_keys(cursor)
        make_plan(cursor)
        kept += keep_corrected(cursor, codes=stage.codes())
        with closing(shown_rows(kept=kept, problems=problems, codes=stage.codes(), is_own=is_own)) as rows:
            while some := list(itertools.islice(rows, ROWS_AT_ONCE)):
                keep_rows(one, some)
        report = ImportReport(
            name=ImportReport.of(one).name,
            sheet=opened.table.sheet,
            other_sheets=opened.table.other_sheets,
            ignored_columns=opened.columns.ignored,
            headings={column.value: name for column, name in opened.columns.headings.items() if column},
            new_scopes=[scope.code for scope in stage.new_scopes()],
        )
        clear_plan(cursor)
        stage.clear()
        complete_file(file=parsed)
        change_mine(
            one,
            state=ImportState.CHECKED,
            checked_at=timezone.now(),
            percent=100,
            attempts=0,
            parsed=parsed,
            digest=digest,
            report_encrypted=report.encrypted_for(one),
            counts=count_rows(one) | {"new_scopes": len(report.new_scopes)},
        )


def _parsed(one: Import, opened: OpenedFile, stage: Stage, progress: Progress) -> Iterator[bytes]:
    """Yield the valid rows as the parsed file holds them. Stage them, and keep the others for the preview."""
    count = 0
    while some := list(itertools.islice(opened.table.rows, ROWS_AT_ONCE)):
        count += len(some)
        if count > MOST_ROWS:
            raise UnreadableFileError(FileProblem.MANY_ROWS)
        valid, wrong = _parse(some, opened)
        stage.add(valid)
        keep_rows(one, wrong)
        yield dump_rows(valid)
        progress(_READING_SHARE * opened.share_read())


def _parse(rows: list[Row], opened: OpenedFile) -> tuple[list[RegisterRow], list[ShownRow]]:
    valid, wrong = [], []
    for line, cells in rows:
        try:
            valid.append(parse_row(line=line, cells=cells, columns=opened.columns))
        except BadRowsError as error:
            wrong.append(wrong_row(line, valid_cells(cells, opened.columns), error.problems))
    return valid, wrong
