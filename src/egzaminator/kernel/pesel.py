"""PESEL, the Polish national identification number.

The layout, the centuries and the check digit follow art. 15 of the Act on population registration of 24 September 2010.
"""

import datetime
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from stdnum.exceptions import InvalidComponent
from stdnum.pl import pesel as stdnum_pesel

LENGTH: Final = 11
_POLAND: Final = ZoneInfo("Europe/Warsaw")
_ASCII_DIGITS: Final = frozenset("0123456789")
# People type PESEL in groups; every dash that a word processor puts for a hyphen counts as one.
_SEPARATORS: Final = dict.fromkeys(map(ord, " -\t\r\n\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"))


class PeselProblem(Enum):
    """Why a text is not a PESEL."""

    EMPTY = "empty"
    NOT_DIGITS = "not-digits"
    LENGTH = "length"
    CHECK_DIGIT = "check-digit"
    DATE = "date"
    CENTURY = "century"
    FUTURE = "future"


class NotAPeselError(ValueError):
    """A text that is not a PESEL. Carries the reason, never the text."""

    def __init__(self, problem: PeselProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True, repr=False)
class Pesel:
    """A valid PESEL. Neither `str()` nor `repr()` shows it: whoever needs the digits asks for them by name."""

    digits: str

    def __repr__(self) -> str:
        return "Pesel(…)"

    @property
    def masked(self) -> str:
        """Dots for the date of birth and the last four digits, for screens of people who already know the number."""
        return "•" * 7 + self.digits[-4:]


def squeeze(text: str) -> str:
    """Take what was typed for a PESEL; give it in NFKC without spaces, hyphens and line ends."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_SEPARATORS).split())


def parse_pesel(text: str, *, today: datetime.date | None = None) -> Pesel:
    """Read a PESEL as people type it.

    Takes any text (spaces, hyphens and full-width forms are forgiven) and the day that "the future" begins after (today
    in Poland). Gives the Pesel. Raises NotAPeselError.
    """
    digits = squeeze(text)
    if not digits:
        raise NotAPeselError(PeselProblem.EMPTY)
    # Not str.isdigit(): the digits of other scripts are digits to it.
    if not _ASCII_DIGITS.issuperset(digits):
        raise NotAPeselError(PeselProblem.NOT_DIGITS)
    if len(digits) != LENGTH:
        raise NotAPeselError(PeselProblem.LENGTH)
    if stdnum_pesel.calc_check_digit(digits[:-1]) != digits[-1]:
        raise NotAPeselError(PeselProblem.CHECK_DIGIT)
    try:
        born = stdnum_pesel.get_birth_date(digits)
    except InvalidComponent:
        raise NotAPeselError(PeselProblem.DATE) from None
    # +40 and +60 (the 2100s and 2200s) are a convention of software, not of the law.
    if digits[2] in "4567":
        raise NotAPeselError(PeselProblem.CENTURY)
    if born > (today or datetime.datetime.now(tz=_POLAND).date()):
        raise NotAPeselError(PeselProblem.FUTURE)
    return Pesel(digits)
