"""The choice of a workbook's sheet, and the reading of its rows."""

import itertools
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final

from django.db import DatabaseError

from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.text import has_forbidden_characters, normalise
from egzaminator.register.domain.match_columns import count_known_columns, names_required_columns
from egzaminator.register.domain.rows import Row, Table
from egzaminator.register.domain.workbook import Sheet, open_workbook
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from egzaminator.stored_files.errors import FileGoneError

_ROWS_AT_ONCE: Final = 1000
_LONGEST_NAME: Final = 100
# What reading a stored file can raise. It is no fault of the workbook, so it must not be called one.
_TROUBLE_OF_OURS: Final = (UndecryptableError, FileGoneError, DatabaseError)


def read_xlsx(file: BinaryIO) -> Table:
    """Return the rows of the sheet that holds the register.

    Takes a seekable binary file and leaves it open. The sheet is the only visible one with the column names in its
    first row; hidden sheets are never imported. A formula gives its saved result. Raise `UnreadableFileError`, either
    here or while the rows are read.
    """
    with _damage_named():
        sheets = open_workbook(file)
        visible = [sheet for sheet in sheets if sheet.is_visible]
        parts = {sheet.part: sheet for sheet in sheets}  # a damaged workbook can have thousands of sheets in one part
        beginnings = {part: list(itertools.islice(sheet.rows(), 2)) for part, sheet in parts.items()}
        chosen = _choose(sheets, visible, beginnings)
    return Table(
        _read(chosen),
        sheet_name(chosen),
        [sheet_name(sheet) for sheet in sheets if sheet is not chosen],
    )


def sheet_name(sheet: Sheet) -> str:
    """Return the name of a sheet in a form that is safe to show in a message."""
    name = normalise(str(sheet.name)[:_LONGEST_NAME])
    return "?" if has_forbidden_characters(name) else name


def _choose(sheets: Sequence[Sheet], visible: Sequence[Sheet], beginnings: dict[str, list[Row]]) -> Sheet:
    def names_columns(sheet: Sheet) -> bool:
        rows = beginnings[sheet.part]
        return bool(rows) and names_required_columns(rows[0][1])

    fitting = [sheet for sheet in visible if names_columns(sheet)]
    # A sheet with only column names is an empty form. It is skipped if another sheet is filled in.
    filled = [sheet for sheet in fitting if len(beginnings[sheet.part]) > 1]
    fitting = filled or fitting[:1]
    if len(fitting) > 1:
        raise UnreadableFileError(FileProblem.SEVERAL_SHEETS, sheets=[sheet_name(sheet) for sheet in fitting])
    if fitting:
        return fitting[0]
    hidden = [sheet for sheet in sheets if not sheet.is_visible and names_columns(sheet)]
    if hidden:
        raise UnreadableFileError(FileProblem.HIDDEN_SHEET, sheets=[sheet_name(sheet) for sheet in hidden])
    with_rows = [sheet for sheet in visible if beginnings[sheet.part]]
    if not with_rows:
        raise UnreadableFileError(FileProblem.EMPTY_SHEETS, sheets=[sheet_name(sheet) for sheet in visible])
    return max(with_rows, key=lambda sheet: count_known_columns(beginnings[sheet.part][0][1]))


def _read(sheet: Sheet) -> Generator[Row, None, None]:
    rows = sheet.rows()
    while True:
        with _damage_named():
            some = list(itertools.islice(rows, _ROWS_AT_ONCE))
        if not some:
            return
        yield from some


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turn the library's errors on a damaged workbook into `UnreadableFileError`, and silence its style warnings."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (UnreadableFileError, *_TROUBLE_OF_OURS):
        raise
    except Exception:  # noqa: BLE001 -- the library can raise any exception on a damaged file
        raise UnreadableFileError(FileProblem.DAMAGED_WORKBOOK) from None
