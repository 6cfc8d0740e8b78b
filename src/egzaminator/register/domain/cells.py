"""Parsers of register-file cells, one function for each kind of column. All raise `BadCellError`."""

import datetime
import re
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from egzaminator.core.postal_address import BUILDING_LENGTH, LOCALITY_LENGTH, STREET_LENGTH, written_postal_code
from egzaminator.core.text import LONGEST_RAW, NO_NAME, compact, fold, has_forbidden_characters, normalise, plain
from egzaminator.register.domain.rows import Cell
from egzaminator.register.enums import DecisionKind
from egzaminator.register.errors import BadCellError
from egzaminator.register.models import (
    CODE_LENGTH,
    EMAIL_LENGTH,
    IDENTIFIER_LENGTH,
    NAME_LENGTH,
    NUMBER_LENGTH,
    REFERENCE_LENGTH,
)
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


# Abbreviations of months that spreadsheets write in Polish and English.
_MONTH: Final = "(?:sty|lut|mar|kwi|maj|cze|lip|sie|wrz|pa[źz]|lis|gru|jan|feb|apr|may|jun|jul|aug|sep|oct|nov|dec)"
# Dates with slashes are allowed: boards number documents like "12/05/2011", and no spreadsheet writes a Polish date so.
_DATE: Final = re.compile(
    rf"""
      \d{{1,2}} [-.\ ] {_MONTH} (?: [-.\ ] \d{{2,4}} )?  # 01-lut, 1.sty.11
    | {_MONTH} [-.\ ] \d{{2,4}}                          # gru.11
    | \d{{4}}-\d\d-\d\d (?: \ \d\d:\d\d (?: :\d\d )? )?  # 2011-12-01
    | \d{{1,2}} \. \d{{1,2}} \. \d{{4}}                  # 01.12.2011
    | \d{{1,2}} : \d\d (?: :\d\d )?                      # 12:05
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_ROUNDED: Final = re.compile(r"\d+(?:[.,]\d+)?e\+\d+", re.ASCII | re.IGNORECASE)


def spreadsheet_damage(text: str) -> Problem | None:
    """Return how a spreadsheet damaged a number or reference, or None if it did not.

    `text` has no surrounding spaces.
    """
    if _DATE.fullmatch(text):
        return Problem.TURNED_INTO_DATE
    if _ROUNDED.fullmatch(text):
        return Problem.ROUNDED
    return None


# What may stand between the letters of a name: spaces, hyphens, apostrophes, and combining accents where Unicode has no
# precomposed letter.
_BETWEEN_LETTERS: Final = dict.fromkeys([*map(ord, " -'"), *range(0x300, 0x370)])
_ISO_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_POLISH_DATE: Final = re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})", re.ASCII)
_DAYS_SINCE_1900: Final = re.compile(r"\d{5}", re.ASCII)  # every day from 1927 to 2173, as spreadsheets number days
_KINDS: Final = {"": DecisionKind.ENTRY, "wpis": DecisionKind.ENTRY, "skreslenie": DecisionKind.STRIKE_OFF}


class Identifier(NamedTuple):
    """A registration number or an identifier: the text as issued, and the key that it is compared by."""

    text: str
    key: str


def parse_name(cell: Cell) -> str:
    """Return a surname or first names, with the capitals as written. A lone hyphen means that the person has none."""
    name = _text(cell, limit=NAME_LENGTH, is_name=True)
    if not name:
        raise BadCellError(Problem.NO_NAME_GIVEN)
    if name != NO_NAME and not name.translate(_BETWEEN_LETTERS).isalpha():
        raise BadCellError(Problem.NOT_A_NAME)
    return name


def parse_identifier(cell: Cell) -> Identifier | None:
    """Return a board-issued identifier, or None for an empty cell.

    An identifier must hold a letter, which no PESEL does.
    """
    identifier = _identifier(cell, limit=IDENTIFIER_LENGTH)
    if not identifier.text:
        return None
    if not any(char.isalpha() for char in identifier.key):
        raise BadCellError(Problem.IDENTIFIER_WITHOUT_LETTER)
    return identifier


def parse_number(cell: Cell) -> Identifier:
    """Return a registration number. The number is an opaque string."""
    number = _identifier(cell, limit=NUMBER_LENGTH)
    _filled(number.text)
    if not any(char.isalnum() for char in number.key):
        raise BadCellError(Problem.NUMBER_WITHOUT_CONTENT)
    return number


def parse_scope(cell: Cell) -> str:
    """Return the code of a scope."""
    return _filled(_text(cell, limit=CODE_LENGTH))


def parse_reference(cell: Cell) -> str:
    """Return the reference of a decision."""
    return _filled(_undamaged(cell, limit=REFERENCE_LENGTH))


def parse_kind(cell: Cell) -> DecisionKind:
    """Return the kind of a decision. An empty cell means an entry."""
    text = clean_cell(cell)
    kind = _KINDS.get(fold(text)) if isinstance(text, str) else None
    if kind is None:
        raise BadCellError(Problem.NOT_A_KIND)
    return kind


def parse_email(cell: Cell) -> str:
    """Return an e-mail address, or "" for an empty cell."""
    email = _text(cell, limit=EMAIL_LENGTH)
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise BadCellError(Problem.NOT_AN_EMAIL) from None
    return email


def parse_street(cell: Cell) -> str:
    """Return the street of an address, or "" for an empty cell."""
    return _text(cell, limit=STREET_LENGTH)


def parse_building(cell: Cell) -> str:
    """Return the number of a house or a flat, or "" for an empty cell."""
    return _undamaged(cell, limit=BUILDING_LENGTH)


def parse_postal_code(cell: Cell) -> str:
    """Return a postal code as `61-655`, or "" for an empty cell."""
    text = _undamaged(cell, limit=LONGEST_RAW)
    code = written_postal_code(text)
    if text and not code:
        raise BadCellError(Problem.NOT_A_POSTAL_CODE)
    return code


def parse_locality(cell: Cell) -> str:
    """Return the town or village of an address, or "" for an empty cell."""
    return _text(cell, limit=LOCALITY_LENGTH)


def parse_date(cell: Cell) -> datetime.date:
    """Return a date. Accepts a date cell of a workbook, and text as 2026-11-22 or 22.11.2026."""
    text = clean_cell(cell)
    if isinstance(text, datetime.date):
        return text
    if not isinstance(text, str):
        raise BadCellError(Problem.NOT_A_DATE)
    _filled(text)
    match = _ISO_DATE.fullmatch(text) or _POLISH_DATE.fullmatch(text)
    if match is None:
        raise BadCellError(Problem.DATE_AS_NUMBER if _DAYS_SINCE_1900.fullmatch(text) else Problem.NOT_A_DATE)
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise BadCellError(Problem.NO_SUCH_DAY) from None


def _identifier(cell: Cell, *, limit: int) -> Identifier:
    text = _undamaged(cell, limit=limit)
    key = compact(text)
    if len(key) > limit:  # some characters become several in the key
        raise BadCellError(Problem.TOO_LONG, limit)
    return Identifier(text, key)


def _undamaged(cell: Cell, *, limit: int) -> str:
    text = _text(cell, limit=limit)
    if damage := spreadsheet_damage(text):
        raise BadCellError(damage)
    return text


def _text(cell: Cell, *, limit: int, is_name: bool = False) -> str:
    text = clean_cell(cell, is_name=is_name)
    if not isinstance(text, str):
        raise BadCellError(Problem.TURNED_INTO_DATE)
    if has_forbidden_characters(text):
        raise BadCellError(Problem.INVISIBLE)
    if len(text) > limit:
        raise BadCellError(Problem.TOO_LONG, limit)
    return text


def _filled(text: str) -> str:
    if not text:
        raise BadCellError(Problem.EMPTY)
    return text
