"""What the readers of all file formats return: rows of cells, and the table that holds them."""

import datetime
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from egzaminator.register.problems import Problem

# A date or a time only if the workbook declares one; a problem if the workbook says that there is no value; otherwise
# text.
Cell = str | datetime.date | datetime.time | datetime.timedelta | Problem
# The number of the line on which a row begins, counted from 1, and the row's cells.
Row = tuple[int, Sequence[Cell]]

# Cells in one row. This bounds what is copied into memory.
MOST_COLUMNS: Final = 256


@dataclass(frozen=True, slots=True)
class Table:
    """The non-empty rows of a register file, the row of column names first, and the sheet that holds them."""

    rows: Generator[Row, None, None]
    sheet: str = ""
    """The name of the sheet; "" for a file without sheets."""
    other_sheets: Sequence[str] = ()
    """The names of the workbook's other sheets, which are not read."""
