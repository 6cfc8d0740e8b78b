import re
from typing import Final

from egzaminator.kernel.text import normalise, plain
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import BadCellError
from egzaminator.register.problems import Problem

# In every language of Excel an error value begins with "#", and so does the filling of a column that is too narrow.
# LibreOffice writes "Err:502". No real value of a register begins in these ways.
_ERRORS: Final = ("#", "Err:", "Błąd:")
_SUSPECT: Final = (*_ERRORS, "=", "'")
# Two ways to stop a spreadsheet from reading text as a number: ="00123" and '00123.
_QUOTED: Final = re.compile(r'="((?:[^"]|"")*)"')
_REPLACEMENT: Final = "\ufffd"


def clean_cell(cell: Cell, *, is_name: bool = False) -> Cell:
    """Return a cell's value, with text in its normal form. Works for every column.

    Pass `is_name` for a column of names: a name may begin with an apostrophe ("'t Hooft"). Raise `BadCellError` if the
    spreadsheet shows an error, or a formula without its result, in place of a value, or if letters were lost.
    """
    if isinstance(cell, Problem):
        raise BadCellError(cell)
    if not isinstance(cell, str):
        return cell
    text = normalise(plain(cell))
    if text.startswith(_SUSPECT):
        return _unquoted(text, is_name=is_name)
    if _REPLACEMENT in text:
        raise BadCellError(Problem.LETTERS_LOST)
    return text


def _unquoted(text: str, *, is_name: bool) -> Cell:
    if text.startswith(_ERRORS):
        raise BadCellError(Problem.SPREADSHEET_ERROR)
    if quoted := _QUOTED.fullmatch(text):
        return clean_cell(quoted[1].replace('""', '"'), is_name=is_name)
    if text.startswith("="):
        raise BadCellError(Problem.FORMULA)
    if is_name and text[1:2].islower():
        return text
    return clean_cell(text[1:], is_name=is_name)
