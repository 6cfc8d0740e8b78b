"""An uploaded file once more, to be corrected: the wrong rows first, each with what is wrong in it."""

import itertools
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Final

from django.utils.translation import gettext as _

from egzaminator.core.text import normalise
from egzaminator.register.domain.imports.preview import PreviewPart, rows_of
from egzaminator.register.domain.imports.text import problem_text
from egzaminator.register.domain.read_files import read_rows
from egzaminator.register.domain.rows import Cell, Row
from egzaminator.register.models import Import
from egzaminator.register.problems import Problem
from egzaminator.stored_files.domain.seekable import open_stored_file
from egzaminator.stored_files.errors import FileGoneError

_ROWS_AT_ONCE: Final = 1000


def rows_to_correct(one: Import) -> tuple[list[str], Iterator[list[list[str]]]]:
    """Return the heading of the file that is corrected, and its rows in batches.

    Before the columns of the uploaded file stand two that the import ignores: what is wrong, and the number of the row
    there. The whole file is in it, because an import is all of its file or nothing. Memory does not grow with the rows.

    Raise `FileGoneError` if the uploaded file is deleted, then or while the rows are read.
    """
    heading, columns = _heading(one)
    return heading, _batches(one, columns)


def _heading(one: Import) -> tuple[list[str], list[int]]:
    """Return the heading, and the indexes of the uploaded file's columns that stand below it."""
    ours = [_("errors"), _("row")]
    with closing(_rows(one)) as rows:
        names = [normalise(_text(cell)) for cell in next(rows)[1]]
    # A file that was downloaded here before has these two columns already.
    columns = [index for index, name in enumerate(names) if name not in ours]
    return [*ours, *(names[index] for index in columns)], columns


def _batches(one: Import, columns: Sequence[int]) -> Iterator[list[list[str]]]:
    rows = itertools.chain(_wrong(one, columns), _right(one, columns))
    while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        yield some


def _wrong(one: Import, columns: Sequence[int]) -> Iterator[list[str]]:
    with closing(_rows(one)) as rows:
        next(rows)
        for wrong in rows_of(of=one, part=PreviewPart.WRONG):
            line, cells = next(row for row in rows if row[0] == wrong.line)
            reasons = " ".join(problem_text(problem) for problem in wrong.problems)
            yield _row(reasons, line, cells, columns)


def _right(one: Import, columns: Sequence[int]) -> Iterator[list[str]]:
    wrong = (row.line for row in rows_of(of=one, part=PreviewPart.WRONG))
    next_wrong = next(wrong, 0)
    with closing(_rows(one)) as rows:
        next(rows)
        for line, cells in rows:
            if line == next_wrong:
                next_wrong = next(wrong, 0)
            else:
                yield _row("", line, cells, columns)


def _row(reasons: str, line: int, cells: Sequence[Cell], columns: Sequence[int]) -> list[str]:
    width = max(columns, default=-1) + 1
    beyond = "; ".join(text for cell in cells[width:] if (text := _text(cell)))
    if beyond and reasons:
        reasons = f"{reasons} [{beyond}]"
    return [reasons, str(line), *(_text(cells[index]) if index < len(cells) else "" for index in columns)]


def _text(cell: Cell) -> str:
    """Return a cell as the import reads it. What the spreadsheet has no value for is empty."""
    if isinstance(cell, Problem):
        return ""
    return cell if isinstance(cell, str) else str(cell)


def _rows(one: Import) -> Generator[Row, None, None]:
    """Yield the rows of the uploaded file, the names of its columns first."""
    if one.file is None:
        raise FileGoneError
    with open_stored_file(one.file) as file, closing(read_rows(file).rows) as rows:
        yield from rows
