"""CSV files as spreadsheet programs open them: UTF-8 with a byte order mark, semicolons, no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

# Polish Excel reads a CSV file as UTF-8 only with the mark, and separates cells at semicolons.
_MARK: Final = "\ufeff"
# What makes a spreadsheet program run a cell as a formula (OWASP, "CSV injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(cell: str) -> str:
    """Return the cell's text, after an apostrophe if a spreadsheet program would run it as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def csv_lines(batches: Iterable[Iterable[Iterable[str]]]) -> Iterator[str]:
    """Yield the text of a CSV file: one piece for each batch of rows, so that no file has to fit into memory."""
    mark = _MARK
    for rows in batches:
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([neutralise(cell) for cell in row] for row in rows)
        yield mark + text.getvalue()
        mark = ""
