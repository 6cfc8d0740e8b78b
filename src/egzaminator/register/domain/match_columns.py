import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from egzaminator.kernel.text import LONGEST_RAW, fold, has_forbidden_characters, normalise
from egzaminator.register.columns import REQUIRED, Column
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import MissingColumnsError, RepeatedColumnsError

_NOT_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands in a register file, and what else the file has."""

    places: Sequence[int | None]
    """In the order of Column; None where the file has no such column."""
    width: int
    ignored: Sequence[str]


def match_columns(cells: Sequence[Cell]) -> Columns:
    """Take the first row of a register file; tell which column is where.

    Names match whatever their case, spaces, underscores, accents and a byte order mark. Raises MissingColumnsError or
    RepeatedColumnsError.
    """
    places: dict[Column, int] = {}
    repeated, ignored = [], []
    for place, cell in enumerate(cells):
        column = _BY_KEY.get(_key(cell))
        if column is None:
            name = normalise(str(cell)[:LONGEST_RAW])
            if name and not has_forbidden_characters(name):
                ignored.append(name)
        elif column in places:
            repeated.append(column)
        else:
            places[column] = place
    missing = [column for column in Column if column in REQUIRED and column not in places]
    if Column.PESEL not in places and Column.IDENTIFIER not in places:
        missing.insert(0, Column.PESEL)
    if missing:
        raise MissingColumnsError(missing)
    if repeated:
        raise RepeatedColumnsError(repeated)
    return Columns([places.get(column) for column in Column], len(cells), ignored)


def count_known_columns(cells: Sequence[Cell]) -> int:
    """Tell how many different columns of a register file a row names."""
    return len({_key(cell) for cell in cells} & _BY_KEY.keys())


def _key(cell: Cell) -> str:
    return _NOT_LETTERS.sub("", fold(str(cell)[:LONGEST_RAW]))


_BY_KEY: Final = {_key(column): column for column in Column}
