"""Cells of a register file as values, a function for each kind of column. All raise BadCellError."""

import datetime
import re
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from egzaminator.kernel.text import NO_NAME, compact, fold, has_forbidden_characters
from egzaminator.register.domain.clean_cell import clean_cell
from egzaminator.register.domain.find_spoiled import find_spoiled
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

# What stands between a name's letters: spaces, hyphens, apostrophes, and accents that Unicode has no one letter with.
_BETWEEN_LETTERS: Final = dict.fromkeys([*map(ord, " -'"), *range(0x300, 0x370)])
_ISO_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_POLISH_DATE: Final = re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})", re.ASCII)
_DAYS_SINCE_1900: Final = re.compile(r"\d{5}", re.ASCII)  # every day from 1927 to 2173, as spreadsheets count
_KINDS: Final = {"": DecisionKind.ENTRY, "wpis": DecisionKind.ENTRY, "skreslenie": DecisionKind.STRIKE_OFF}


class Numbered(NamedTuple):
    """A number or identifier as issued, and as compared."""

    text: str
    key: str


def parse_name(cell: Cell) -> str:
    """Read a surname or first names. Their capitals are kept; a hyphen alone says that the person has none."""
    name = _text(cell, limit=NAME_LENGTH, is_name=True)
    if not name:
        raise BadCellError(Problem.NO_NAME_GIVEN)
    if name != NO_NAME and not name.translate(_BETWEEN_LETTERS).isalpha():
        raise BadCellError(Problem.NOT_A_NAME)
    return name


def parse_identifier(cell: Cell) -> Numbered | None:
    """Read an identifier that the board issued, or None from an empty cell. It holds a letter, as no PESEL does."""
    identifier = _numbered(cell, limit=IDENTIFIER_LENGTH)
    if not identifier.text:
        return None
    if not any(char.isalpha() for char in identifier.key):
        raise BadCellError(Problem.IDENTIFIER_WITHOUT_LETTER)
    return identifier


def parse_number(cell: Cell) -> Numbered:
    """Read a registration number, an opaque text."""
    number = _numbered(cell, limit=NUMBER_LENGTH)
    _filled(number.text)
    if not any(char.isalnum() for char in number.key):
        raise BadCellError(Problem.NUMBER_WITHOUT_CONTENT)
    return number


def parse_scope(cell: Cell) -> str:
    """Read the code of a scope."""
    return _filled(_text(cell, limit=CODE_LENGTH))


def parse_reference(cell: Cell) -> str:
    """Read a decision's reference."""
    return _filled(_unspoiled(cell, limit=REFERENCE_LENGTH))


def parse_kind(cell: Cell) -> DecisionKind:
    """Read a decision's kind; an empty cell means an entry."""
    text = clean_cell(cell)
    kind = _KINDS.get(fold(text)) if isinstance(text, str) else None
    if kind is None:
        raise BadCellError(Problem.NOT_A_KIND)
    return kind


def parse_email(cell: Cell) -> str:
    """Read an e-mail address, or "" from an empty cell."""
    address = _text(cell, limit=EMAIL_LENGTH)
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise BadCellError(Problem.NOT_AN_EMAIL) from None
    return address


def parse_date(cell: Cell) -> datetime.date:
    """Read a day: a workbook's own date, 2026-11-22 or 22.11.2026."""
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


def _numbered(cell: Cell, *, limit: int) -> Numbered:
    text = _unspoiled(cell, limit=limit)
    key = compact(text)
    if len(key) > limit:  # some signs become several when they are compared
        raise BadCellError(Problem.TOO_LONG, limit)
    return Numbered(text, key)


def _unspoiled(cell: Cell, *, limit: int) -> str:
    text = _text(cell, limit=limit)
    if problem := find_spoiled(text):
        raise BadCellError(problem)
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
