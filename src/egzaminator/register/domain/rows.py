import datetime
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from egzaminator.register.problems import Problem

# A date or a time only where a workbook says that it is one, a problem where it says that there is no value; everything
# else is text.
Cell = str | datetime.date | datetime.time | datetime.timedelta | Problem
# The line that a row begins on, counted from 1, and its cells.
Row = tuple[int, Sequence[Cell]]

# Cells of a row; what is copied into memory is bounded by it.
MOST_COLUMNS: Final = 256


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a register file that are not empty, the column names first, and where they stand."""

    rows: Generator[Row, None, None]
    sheet: str = ""
    """The sheet of a workbook that they are read from; "" for a file without sheets."""
    other_sheets: Sequence[str] = ()
    """The workbook's other sheets, which are not read."""
