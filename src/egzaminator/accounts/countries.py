"""The countries that an examiner's address may be in.

The codes are those of ISO 3166-1; the names are those of Unicode's CLDR, as Babel carries it.
"""

from functools import cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language

from egzaminator.core.text import sort_key

POLAND: Final = "PL"
# Two-letter codes in CLDR that are not countries: reserved for parts of countries, unions, tests and "unknown".
_RESERVED: Final = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
_CODE_LENGTH: Final = 2


def country_choices() -> list[tuple[str, str]]:
    """Return codes and names in the active language: Poland first, the others in alphabetical order."""
    return list(_choices(_language()))


def _language() -> str:
    return get_language() or "pl"


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    names = _names(language)
    others = sorted((item for item in names.items() if item[0] != POLAND), key=lambda item: sort_key(item[1]))
    return ((POLAND, names[POLAND]), *others)


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language, sep="-").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == _CODE_LENGTH and code.isalpha() and code not in _RESERVED
    }
