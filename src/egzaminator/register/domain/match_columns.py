"""The columns in the first row of a register file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from egzaminator.core.text import LONGEST_RAW, fold, has_forbidden_characters, normalise
from egzaminator.register.columns import REQUIRED, Column
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import MissingColumnsError, RepeatedColumnsError
from egzaminator.register.problems import Problem

_NOT_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """The index of each column in a register file, and what else its first row holds."""

    indexes: Sequence[int | None]
    """In the order of Column; None where the file has no such column."""
    width: int
    ignored: Sequence[str]
    headings: Mapping[Column | None, str]
    """What the file calls a column, where that is not the column's own name."""


def match_columns(cells: Sequence[Cell], *, sheet: str = "") -> Columns:
    """Return which column is where in a register file.

    Takes the file's first row and, of a workbook, the name of the sheet. Column names match regardless of case, spaces,
    underscores, accents and a byte order mark. Raise `MissingColumnsError` or `RepeatedColumnsError`.
    """
    indexes: dict[Column, int] = {}
    repeated, ignored = [], []
    headings: dict[Column | None, str] = {}
    for index, cell in enumerate(cells):
        column = _BY_KEY.get(_key(cell))
        heading = _heading(cell)
        if column is None:
            if heading:
                ignored.append(heading)
        elif column in indexes:
            repeated.append(column)
        else:
            indexes[column] = index
            if heading not in ("", column):
                headings[column] = heading
    missing = [column for column in Column if column in REQUIRED and column not in indexes]
    if Column.PESEL not in indexes and Column.IDENTIFIER not in indexes:
        missing.insert(0, Column.PESEL)
    if missing:
        raise MissingColumnsError(missing, sheet=sheet)
    if repeated:
        raise RepeatedColumnsError(repeated, sheet=sheet)
    return Columns([indexes.get(column) for column in Column], len(cells), ignored, headings)


def count_known_columns(cells: Sequence[Cell]) -> int:
    """Return how many different columns of a register file a row names."""
    return len({_key(cell) for cell in cells} & _BY_KEY.keys())


def names_required_columns(cells: Sequence[Cell]) -> bool:
    """Return whether a row names every column that a register file must have."""
    try:
        match_columns(cells)
    except MissingColumnsError:
        return False
    except RepeatedColumnsError:
        return True
    return True


def holds_known_columns(line: str) -> bool:
    """Return whether a line names the required columns of a register file, whatever separates them."""
    key = _key(line)
    return all(column in key for column in map(_key, REQUIRED))


def _heading(cell: Cell) -> str:
    """Return a column's heading in a form that is safe to show in a message."""
    name = "" if isinstance(cell, Problem) else normalise(str(cell)[:LONGEST_RAW])
    return "" if has_forbidden_characters(name) else name


def _key(cell: Cell) -> str:
    return _NOT_LETTERS.sub("", fold(str(cell)[:LONGEST_RAW]))


_BY_KEY: Final = {_key(column): column for column in Column}
