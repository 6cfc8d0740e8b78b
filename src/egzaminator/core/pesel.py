"""PESEL, the Polish national identification number.

The layout, the centuries and the check digit follow art. 15 of the Act on population registration of 24 September 2010.
"""

import datetime
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from stdnum.pl import pesel as stdnum_pesel

from egzaminator.core.text import drop_invisible, plain

LENGTH: Final = 11
_POLAND: Final = ZoneInfo("Europe/Warsaw")
# How many times 20 is added to the month, and the century that this means. +40 and +60 (the 2100s and 2200s) are a
# convention of software and not in the law.
_CENTURIES: Final = {0: 1900, 1: 2000, 4: 1800}
_MONTHS_APART: Final = 20
_ASCII_DIGITS: Final = frozenset("0123456789")


class PeselProblem(Enum):
    """The reason why a text is not a PESEL."""

    EMPTY = "empty"
    NOT_DIGITS = "not-digits"
    LENGTH = "length"
    CHECK_DIGIT = "check-digit"
    DATE = "date"
    CENTURY = "century"
    FUTURE = "future"


class NotAPeselError(ValueError):
    """A text is not a PESEL. Carries the reason, never the text."""

    def __init__(self, problem: PeselProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True, repr=False)
class Pesel:
    """A valid PESEL. Neither `str()` nor `repr()` shows it: code that needs the digits must read `digits`."""

    digits: str

    def __repr__(self) -> str:
        return "Pesel(…)"

    @property
    def masked(self) -> str:
        """Seven dots, for the date of birth and one digit, then the last four digits.

        For screens of people who already know the number.
        """
        return "•" * 7 + self.digits[-4:]


def squeeze(text: str) -> str:
    """Return the text typed for a PESEL in NFKC, without separators and characters that are pasted by accident.

    Removed are white space, every kind of dash, and invisible characters.
    """
    if text.isascii() and text.isdecimal():
        return text
    return "".join(drop_invisible(plain(unicodedata.normalize("NFKC", text)).replace("-", "")).split())


def parse_pesel(text: str, *, today: datetime.date | None = None) -> Pesel:
    """Return the PESEL that a person typed. Spaces, hyphens and full-width digits are accepted.

    `today` is the last day that is not in the future; the default is today's date in Poland. Raise `NotAPeselError`
    if the text is not a valid PESEL.
    """
    digits = squeeze(text)
    if not digits:
        raise NotAPeselError(PeselProblem.EMPTY)
    # Not str.isdigit(), which also accepts the digits of other scripts.
    if not _ASCII_DIGITS.issuperset(digits):
        raise NotAPeselError(PeselProblem.NOT_DIGITS)
    if len(digits) != LENGTH:
        raise NotAPeselError(PeselProblem.LENGTH)
    if stdnum_pesel.calc_check_digit(digits[:-1]) != digits[-1]:
        raise NotAPeselError(PeselProblem.CHECK_DIGIT)
    if _born_on(digits) > (today or datetime.datetime.now(tz=_POLAND).date()):
        raise NotAPeselError(PeselProblem.FUTURE)
    return Pesel(digits)


def _born_on(digits: str) -> datetime.date:
    year, month, day = (int(digits[index : index + 2]) for index in (0, 2, 4))
    century, month = divmod(month, _MONTHS_APART)
    if century not in _CENTURIES:
        raise NotAPeselError(PeselProblem.CENTURY)
    try:
        return datetime.date(_CENTURIES[century] + year, month, day)
    except ValueError:
        raise NotAPeselError(PeselProblem.DATE) from None
