import datetime
import itertools
import warnings
import zipfile
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, Final

from openpyxl import load_workbook

from egzaminator.register.domain.rows import Cell, Row
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_WORKBOOK: Final = "xl/workbook.xml"
_SHEETS: Final = "xl/worksheets/"
# Sheets are streamed; shared texts, styles and the rest are held in memory.
_MOST_BYTES_IN_MEMORY: Final = 256 * 1024 * 1024
# XML of real sheets shrinks 10 to 30 times; a bomb, about 1,000 times.
_MOST_SHRUNK: Final = 200
_SMALL_BYTES: Final = 1024 * 1024
_MOST_ROWS: Final = 1_048_576  # of a sheet of Excel; a file may name any row, and the rows before it would be made up
_ROWS_AT_ONCE: Final = 1000


def read_xlsx(file: BinaryIO) -> Generator[Row, None, None]:
    """Read the rows of a workbook's first sheet that are not empty, the column names first.

    Takes a seekable file of bytes; it stays open. Formulas give the values that were saved with them. Raises
    UnreadableFileError.
    """
    rows = _read_sheet(file)
    while True:
        try:
            # The library warns about styles and validations, which do not concern us.
            with warnings.catch_warnings(action="ignore"):
                some = list(itertools.islice(rows, _ROWS_AT_ONCE))
        except UnreadableFileError:
            raise
        except Exception:  # noqa: BLE001 -- the library raises whatever a damaged workbook makes it stumble over
            raise UnreadableFileError(FileProblem.DAMAGED_WORKBOOK) from None
        if not some:
            return
        yield from some


def _read_sheet(file: BinaryIO) -> Iterator[Row]:
    _refuse_bombs(file)
    workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = workbook.worksheets[0]
    sheet.reset_dimensions()  # programs that write workbooks often state the wrong ones
    for line, values in enumerate(sheet.iter_rows(values_only=True, max_row=_MOST_ROWS), start=1):
        cells = [_cell(value) for value in values]
        if any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield line, cells


def _refuse_bombs(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if _WORKBOOK not in {part.filename for part in parts}:
        raise UnreadableFileError(FileProblem.NOT_A_WORKBOOK)
    in_memory = sum(part.file_size for part in parts if not part.filename.startswith(_SHEETS))
    shrunk = any(part.file_size > _SMALL_BYTES and part.file_size > _MOST_SHRUNK * part.compress_size for part in parts)
    if in_memory > _MOST_BYTES_IN_MEMORY or shrunk:
        raise UnreadableFileError(FileProblem.HUGE_WORKBOOK)


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str | datetime.date | datetime.time | datetime.timedelta):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
