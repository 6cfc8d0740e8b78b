import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from egzaminator.kernel.pesel import Pesel
from egzaminator.register.columns import Column
from egzaminator.register.domain.match_columns import Columns
from egzaminator.register.domain.name_keys import NameKeys, name_keys
from egzaminator.register.domain.parse_cells import (
    Numbered,
    parse_date,
    parse_email,
    parse_identifier,
    parse_kind,
    parse_name,
    parse_number,
    parse_reference,
    parse_scope,
)
from egzaminator.register.domain.parse_pesel_cell import parse_pesel_cell
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import DecisionKind
from egzaminator.register.errors import BadCellError, BadRowsError
from egzaminator.register.models import NAME_KEY_LENGTH, NAME_LENGTH
from egzaminator.register.problems import Problem, RowProblem

_PARSERS: Final[dict[Column, Callable[[Cell], Any]]] = {
    Column.PESEL: parse_pesel_cell,
    Column.IDENTIFIER: parse_identifier,
    Column.FIRST_NAMES: parse_name,
    Column.SURNAME: parse_name,
    Column.EMAIL: parse_email,
    Column.NUMBER: parse_number,
    Column.SCOPE: parse_scope,
    Column.KIND: parse_kind,
    Column.REFERENCE: parse_reference,
    Column.DECIDED_ON: parse_date,
}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of a register file that is right in itself: one decision on one entry of one examiner."""

    line: int
    person: Pesel | Numbered
    """The PESEL, or the identifier of who has none."""
    first_names: str
    surname: str
    name_keys: NameKeys
    email: str
    number: Numbered
    scope: str
    kind: DecisionKind
    reference: str
    decided_on: datetime.date


def parse_row(*, line: int, cells: Sequence[Cell], columns: Columns) -> RegisterRow:
    """Read one row.

    Takes the line it begins on, its cells, and which column is where. Raises BadRowsError with every problem of the
    row.
    """
    if any(str(cell).strip() for cell in cells[columns.width :]):
        raise BadRowsError([RowProblem(line, None, Problem.TOO_MANY_CELLS)])
    problems: list[RowProblem] = []
    values: dict[Column, Any] = {}
    for column, parse in _PARSERS.items():
        place = columns.places.get(column, len(cells))
        try:
            values[column] = parse(cells[place] if place < len(cells) else "")
        except BadCellError as error:
            problems.append(RowProblem(line, column, error.problem, error.detail))
    problems += _problems_of_identity(line, values)
    if not problems:
        keys = name_keys(surname=values[Column.SURNAME], first_names=values[Column.FIRST_NAMES])
        if max(map(len, keys)) > NAME_KEY_LENGTH:  # some letters become several when they are sorted
            problems = [RowProblem(line, Column.SURNAME, Problem.TOO_LONG, NAME_LENGTH)]
    if problems:
        raise BadRowsError(problems)
    return RegisterRow(
        line=line,
        person=values[Column.PESEL] or values[Column.IDENTIFIER],
        first_names=values[Column.FIRST_NAMES],
        surname=values[Column.SURNAME],
        name_keys=keys,
        email=values[Column.EMAIL],
        number=values[Column.NUMBER],
        scope=values[Column.SCOPE],
        kind=values[Column.KIND],
        reference=values[Column.REFERENCE],
        decided_on=values[Column.DECIDED_ON],
    )


def _problems_of_identity(line: int, values: dict[Column, Any]) -> list[RowProblem]:
    if Column.PESEL not in values or Column.IDENTIFIER not in values:
        return []
    given = [column for column in (Column.PESEL, Column.IDENTIFIER) if values[column] is not None]
    if not given:
        return [RowProblem(line, Column.PESEL, Problem.NOBODY)]
    if len(given) > 1:
        return [RowProblem(line, Column.IDENTIFIER, Problem.PESEL_AND_IDENTIFIER)]
    return []
