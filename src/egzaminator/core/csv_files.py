"""CSV files as spreadsheet programs open them: UTF-8 with a byte order mark, semicolons, no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

# Polish Excel reads a CSV file as UTF-8 only with the mark, and separates cells at semicolons.
_MARK: Final = "\ufeff"
# What makes a spreadsheet program run a cell as a formula (OWASP, "CSV injection"), also in the full width of East
# Asian fonts.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROL: Final = ("\t", "\r", "\n")
# Programs drop these from the beginning of a cell, some of them only when the file is saved and opened again.
_DROPPED: Final = "'＇ \u00a0\u3000\u200b\u2060\ufeff\t\r\n\v\f"


def neutralise(cell: str) -> str:
    """Return the cell's text, after an apostrophe if a spreadsheet program would run it as a formula.

    Files of every format go through it: text that is safe in a workbook is not when the workbook is saved as CSV. The
    import of register files drops the apostrophe again.
    """
    is_formula = cell.startswith(_CONTROL) or cell.lstrip(_DROPPED).startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell


def csv_lines(batches: Iterable[Iterable[Iterable[str]]]) -> Iterator[str]:
    """Yield the text of a CSV file: one piece for each batch of rows, so that no file has to fit into memory."""
    mark = _MARK
    for rows in batches:
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([neutralise(cell) for cell in row] for row in rows)
        yield mark + text.getvalue()
        mark = ""
