"""Whole numbers as a workbook shows them: `00000` puts zeros before, `000-00` and `"MBI/"000` signs between."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS

# Of a number format's first section, which positive numbers have: a text in quotation marks, a sign after a backslash,
# a colour or a language, a filler, or a sign.
_TOKENS: Final = re.compile(r'"(?P<text>[^"]*)"|\\(?P<escaped>.)|(?P<none>\[[^\]]*\]|_.|\*.)|(?P<sign>[^;])', re.DOTALL)
_DIGITS: Final = frozenset("0#")
# Signs that stand for themselves. All others mean fractions, percents, thousands, dates or text, and change the look of
# an amount, not what the number is.
_LITERAL: Final = frozenset(" -/:()+&'~{}<>$")
# Each place of a digit as "0" or "#", each text as (text,).
Pattern = tuple[str | tuple[str], ...]


def number_format(index: int, own: Mapping[int, str]) -> str:
    """Return a number format's code by its index in a workbook, of whose own formats the codes are given."""
    return own.get(index) or BUILTIN_FORMATS.get(index) or "General"


@lru_cache(maxsize=100)  # cells ask for few, a hostile workbook for thousands
def digit_pattern(code: str) -> Pattern | None:
    """Return a format's pattern where it shows more than the number's own digits, else None."""
    pattern: list[str | tuple[str]] = []
    for token in _section(code):
        sign, text = token["sign"], token["text"] if token["text"] is not None else token["escaped"]
        if text is not None:
            pattern.append((text,))
        elif sign in _DIGITS:
            pattern.append(sign)
        elif sign in _LITERAL:
            pattern.append((sign,))
        elif sign is not None:
            return None
    has_digits = any(isinstance(part, str) for part in pattern)
    return tuple(pattern) if has_digits and len(pattern) > 1 else None


def show(number: int, pattern: Pattern) -> str:
    """Return a number that is not negative as a pattern shows it."""
    digits = list(str(number))
    shown: list[str] = []
    places = sum(isinstance(part, str) for part in pattern)
    for part in reversed(pattern):
        if isinstance(part, tuple):
            shown.append(part[0])
            continue
        places -= 1
        if digits:
            shown.append(digits.pop())
        elif part == "0":
            shown.append("0")
        if not places:  # the first place takes all digits that are left
            shown += reversed(digits)
            digits = []
    return "".join(reversed(shown))


def _section(code: str) -> list[re.Match[str]]:
    tokens = []
    position = 0
    while token := _TOKENS.match(code, position):
        tokens.append(token)
        position = token.end()
    return tokens
