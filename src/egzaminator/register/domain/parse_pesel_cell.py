from typing import Final

from egzaminator.kernel.pesel import LENGTH, NotAPeselError, Pesel, PeselProblem, parse_pesel, squeeze
from egzaminator.register.domain.clean_cell import clean_cell
from egzaminator.register.domain.find_spoiled import find_spoiled
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import BadCellError
from egzaminator.register.problems import Problem

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
    if spoiled := find_spoiled(text):
        return BadCellError(spoiled)
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
