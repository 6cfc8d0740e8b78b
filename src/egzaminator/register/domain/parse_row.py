"""Parsing one row of a register file."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from egzaminator.core.pesel import LENGTH, NotAPeselError, Pesel, PeselProblem, parse_pesel, squeeze
from egzaminator.core.postal_address import PostalAddress
from egzaminator.core.text import LONGEST_RAW, NO_NAME
from egzaminator.register.columns import ADDRESS, Column
from egzaminator.register.domain.cells import (
    Identifier,
    clean_cell,
    parse_building,
    parse_date,
    parse_email,
    parse_identifier,
    parse_kind,
    parse_locality,
    parse_name,
    parse_number,
    parse_postal_code,
    parse_reference,
    parse_scope,
    parse_street,
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
        raise _bad_pesel(text, error.problem) from None


def _bad_pesel(text: str, problem: PeselProblem) -> BadCellError:
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
# What an address cannot do without: a village may have no streets, and a house no flats.
_WHOLE: Final = frozenset(ADDRESS) - {Column.STREET, Column.FLAT_NUMBER}
# In the order of `Column`.
_PARSERS: Final[Sequence[tuple[Column, Callable[[Cell], Any]]]] = (
    (Column.PESEL, parse_pesel_cell),
    (Column.IDENTIFIER, parse_identifier),
    (Column.FIRST_NAMES, parse_name),
    (Column.SURNAME, parse_name),
    (Column.EMAIL, parse_email),
    (Column.STREET, parse_street),
    (Column.HOUSE_NUMBER, parse_building),
    (Column.FLAT_NUMBER, parse_building),
    (Column.POSTAL_CODE, parse_postal_code),
    (Column.LOCALITY, parse_locality),
    (Column.NUMBER, parse_number),
    (Column.SCOPE, parse_scope),
    (Column.KIND, parse_kind),
    (Column.REFERENCE, parse_reference),
    (Column.DECIDED_ON, parse_date),
)


class RegisterRow(NamedTuple):
    """A valid row of a register file: one decision on one entry of one examiner."""

    line: int
    """The number of the line (CSV) or sheet row on which the row begins, counted from 1."""
    person: Pesel | Identifier
    """The examiner's PESEL, or the board-issued identifier of an examiner without one."""
    first_names: str
    surname: str
    name_keys: NameKeys
    email: str
    postal_address: PostalAddress | None
    """None: the row has none."""
    number: Identifier
    scope: str
    kind: DecisionKind
    reference: str
    decided_on: datetime.date


def parse_row(*, line: int, cells: Sequence[Cell], columns: Columns) -> RegisterRow:
    """Return one parsed row. Raise `BadRowsError` with every problem of the row.

    `line` is the number of the line on which the row begins. `columns` are those of the file's first row.
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
    pesel, identifier, first_names, surname, email, *parts, number, scope, kind, reference, decided_on = values
    if _IDENTITY.isdisjoint(problem.column for problem in problems):
        if pesel is None and identifier is None:
            problems.append(RowProblem(line, Column.PESEL, Problem.NOBODY))
        elif pesel is not None and identifier is not None:
            problems.append(RowProblem(line, Column.IDENTIFIER, Problem.PESEL_AND_IDENTIFIER))
    postal_address = PostalAddress(*parts)
    problems += [RowProblem(line, column, Problem.ADDRESS_INCOMPLETE) for column in _missing_parts(postal_address)]
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
        postal_address=postal_address if any(postal_address) else None,
        number=number,
        scope=scope,
        kind=kind,
        reference=reference,
        decided_on=decided_on,
    )


def _missing_parts(postal_address: PostalAddress) -> list[Column]:
    """Return the columns that an address lacks: it is whole, or not there at all."""
    if not any(postal_address):
        return []
    return [column for column, part in zip(ADDRESS, postal_address, strict=True) if column in _WHOLE and part == ""]


def _cell_at(cells: Sequence[Cell], index: int | None) -> Cell:
    cell = cells[index] if index is not None and index < len(cells) else ""
    if isinstance(cell, str) and len(cell) > LONGEST_RAW:
        raise BadCellError(Problem.TOO_LONG, LONGEST_RAW)
    return cell
