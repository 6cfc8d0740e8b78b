"""Parsing one row of a register file."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from egzaminator.core.pesel import LENGTH, NotAPeselError, Pesel, PeselProblem, parse_pesel, squeeze
from egzaminator.core.text import LONGEST_RAW, NO_NAME
from egzaminator.register.columns import Column
from egzaminator.register.domain.cells import (
    Identifier,
    clean_cell,
    parse_date,
    parse_email,
    parse_identifier,
    parse_kind,
    parse_name,
    parse_number,
    parse_reference,
    parse_scope,
    spreadsheet_damage,
)
from egzaminator.register.domain.match_columns import Columns
from egzaminator.register.domain.name_keys import NameKeys, name_keys
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import DecisionKind
from egzaminator.register.errors import BadCellError, BadRowsError
from egzaminator.register.models import NAME_KEY_LENGTH, NAME_LENGTH
from egzaminator.register.problems import Problem, RowProblem

_PROBLEMS: Final = {
    PeselProblem.NOT_DIGITS: Problem.PESEL_NOT_DIGITS,
    PeselProblem.CHECK_DIGIT: Problem.PESEL_CHECK_DIGIT,
    PeselProblem.DATE: Problem.PESEL_DATE,
    PeselProblem.CENTURY: Problem.PESEL_DATE,
    PeselProblem.FUTURE: Problem.PESEL_FUTURE,
}
# A spreadsheet that once showed 8,50506E+10 saves 85050600000 afterwards.
_ROUNDED_END: Final = "00000"
_MOST_ZEROS_LOST: Final = 4


def parse_pesel_cell(cell: Cell) -> Pesel | None:
    """Return the PESEL of a cell, or None for an empty cell. Raise `BadCellError`."""
    text = clean_cell(cell)
    if not isinstance(text, str):
        raise BadCellError(Problem.TURNED_INTO_DATE)
    try:
        return parse_pesel(text)
    except NotAPeselError as error:
        if error.problem is PeselProblem.EMPTY:
            return None
        raise _what_is_wrong(text, error.problem) from None


def _what_is_wrong(text: str, problem: PeselProblem) -> BadCellError:
    digits = squeeze(text)
    if damage := spreadsheet_damage(text):
        return BadCellError(damage)
    if problem is not PeselProblem.LENGTH:
        return BadCellError(Problem.ROUNDED if digits.endswith(_ROUNDED_END) else _PROBLEMS[problem])
    if LENGTH - _MOST_ZEROS_LOST <= len(digits) < LENGTH and _is_pesel(digits.zfill(LENGTH)):
        return BadCellError(Problem.PESEL_LOST_ZERO)
    return BadCellError(Problem.PESEL_LENGTH, len(digits))


def _is_pesel(digits: str) -> bool:
    try:
        parse_pesel(digits)
    except NotAPeselError:
        return False
    return True


_IDENTITY: Final = frozenset[Column | None]((Column.PESEL, Column.IDENTIFIER))
# In the order of `Column`.
_PARSERS: Final[Sequence[tuple[Column, Callable[[Cell], Any]]]] = (
    (Column.PESEL, parse_pesel_cell),
    (Column.IDENTIFIER, parse_identifier),
    (Column.FIRST_NAMES, parse_name),
    (Column.SURNAME, parse_name),
    (Column.EMAIL, parse_email),
    (Column.NUMBER, parse_number),
    (Column.SCOPE, parse_scope),
    (Column.KIND, parse_kind),
    (Column.REFERENCE, parse_reference),
    (Column.DECIDED_ON, parse_date),
)


class RegisterRow(NamedTuple):
    """A valid row of a register file: one decision on one entry of one examiner."""

    line: int
    person: Pesel | Identifier
    """The PESEL, or the identifier of who has none."""
    first_names: str
    surname: str
    name_keys: NameKeys
    email: str
    number: Identifier
    scope: str
    kind: DecisionKind
    reference: str
    decided_on: datetime.date


def parse_row(*, line: int, cells: Sequence[Cell], columns: Columns) -> RegisterRow:
    """Return one parsed row.

    Takes the number of the line on which the row begins, its cells, and which column is where. Raise `BadRowsError`
    with every problem of the row.
    """
    if any(str(cell).strip() for cell in cells[columns.width :]):
        raise BadRowsError([RowProblem(line, None, Problem.TOO_MANY_CELLS)])
    problems: list[RowProblem] = []
    values: list[Any] = []
    for (column, parse), index in zip(_PARSERS, columns.indexes, strict=True):
        try:
            values.append(parse(_cell_at(cells, index)))
        except BadCellError as error:
            problems.append(RowProblem(line, column, error.problem, error.detail))
            values.append(None)
    pesel, identifier, first_names, surname, email, number, scope, kind, reference, decided_on = values
    if _IDENTITY.isdisjoint(problem.column for problem in problems):
        if pesel is None and identifier is None:
            problems.append(RowProblem(line, Column.PESEL, Problem.NOBODY))
        elif pesel is not None and identifier is not None:
            problems.append(RowProblem(line, Column.IDENTIFIER, Problem.PESEL_AND_IDENTIFIER))
    if first_names == surname == NO_NAME:
        problems.append(RowProblem(line, Column.SURNAME, Problem.NAMELESS))
    if problems:
        raise BadRowsError(problems)
    keys = name_keys(surname=surname, first_names=first_names)
    if max(map(len, keys)) > NAME_KEY_LENGTH:  # some letters become several in the sort key
        raise BadRowsError([RowProblem(line, Column.SURNAME, Problem.TOO_LONG, NAME_LENGTH)])
    return RegisterRow(
        line=line,
        person=pesel or identifier,
        first_names=first_names,
        surname=surname,
        name_keys=keys,
        email=email,
        number=number,
        scope=scope,
        kind=kind,
        reference=reference,
        decided_on=decided_on,
    )


def _cell_at(cells: Sequence[Cell], index: int | None) -> Cell:
    cell = cells[index] if index is not None and index < len(cells) else ""
    if isinstance(cell, str) and len(cell) > LONGEST_RAW:
        raise BadCellError(Problem.TOO_LONG, LONGEST_RAW)
    return cell
