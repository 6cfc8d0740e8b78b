import re
from typing import Final

from egzaminator.kernel.text import normalise, plain
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import BadCellError
from egzaminator.register.problems import Problem

# An error of a spreadsheet begins with "#" in every language of Excel, and so do the signs that it fills a narrow
# column with; LibreOffice writes "Err:502". Nothing that stands in a register begins so.
_ERRORS: Final = ("#", "Err:", "Błąd:")
_SUSPECT: Final = (*_ERRORS, "=", "'")
# How people keep a spreadsheet from taking a text for a number: ="00123" and '00123.
_QUOTED: Final = re.compile(r'="((?:[^"]|"")*)"')
_REPLACEMENT: Final = "\ufffd"


def clean_cell(cell: Cell, *, is_name: bool = False) -> Cell:
    """Return what stands in a cell of any column, a text in its normal form.

    Takes the cell and whether it is a name, which may begin with an apostrophe ("'t Hooft"). Raises BadCellError for
    what a spreadsheet shows where it has no value.
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
