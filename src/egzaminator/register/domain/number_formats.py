"""Whole numbers as a workbook shows them: `00000` pads with zeros, `000-00` and `"MBI/"000` add characters."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS

# Tokens of a number format's first section, which applies to positive numbers: text in quotation marks, an escaped
# character, a colour or locale in brackets, a spacer, or a plain character.
_TOKENS: Final = re.compile(r'"(?P<text>[^"]*)"|\\(?P<escaped>.)|(?P<none>\[[^\]]*\]|_.|\*.)|(?P<sign>[^;])', re.DOTALL)
_DIGITS: Final = frozenset("0#")
# Characters that are shown as they are. All others mean fractions, percents, thousands, dates or text: they change the
# look of an amount, not the digits of a number.
_LITERAL: Final = frozenset(" -/:()+&'~{}<>$")
# A pattern: "0" or "#" for each digit, and (text,) for each literal text.
Pattern = tuple[str | tuple[str], ...]


def number_format(index: int, own: Mapping[int, str]) -> str:
    """Return a number format's code by its index: one of the workbook's own formats, or else a built-in one."""
    return own.get(index) or BUILTIN_FORMATS.get(index) or "General"


@lru_cache(maxsize=100)  # cells use few formats; a hostile workbook has thousands
def digit_pattern(code: str) -> Pattern | None:
    """Return the digit pattern of a format that shows more than the number's own digits, else None."""
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
    """Return a non-negative number as the pattern shows it."""
    digits = list(str(number))
    shown: list[str] = []
    left = sum(isinstance(part, str) for part in pattern)
    for part in reversed(pattern):
        if isinstance(part, tuple):
            shown.append(part[0])
            continue
        left -= 1
        if digits:
            shown.append(digits.pop())
        elif part == "0":
            shown.append("0")
        if not left:  # the first digit of the pattern takes all remaining digits of the number
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
