"""Colours: how they are written, their contrast (WCAG 2.2), and the same hue lighter or darker (OKLCH)."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from coloraide import Color

# WCAG 2.2, 1.4.3: the contrast of text.
ENOUGH: Final = 4.5

_HEX: Final = re.compile(r"#?(?:([0-9a-f]{6})|([0-9a-f])([0-9a-f])([0-9a-f]))", re.IGNORECASE)
_STEPS: Final = 16  # of a search by halves: finer than the 256 steps of a channel


def written_colour(typed: str) -> str:
    """Return a colour in the form `#0a4a94`. Raise `ValueError` if it is none.

    It may be typed without `#`, in capitals, or with three digits.
    """
    found = _HEX.fullmatch(typed.strip())
    if not found:
        raise ValueError(typed)
    return f"#{found[1] or ''.join(2 * digit for digit in found.groups()[1:])}".lower()


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    return _color(colour).contrast(_color(other), method="wcag21")


def lowest_contrast(colour: str, others: Iterable[str]) -> float:
    """Return the contrast ratio of a colour with that of the others from which it differs least."""
    return min(contrast(colour, other) for other in others)


def lightness(colour: str) -> float:
    """Return the lightness of a colour in OKLCH, from 0 (black) to 1 (white)."""
    return _color(colour).convert("oklch")["lightness"]


def shade(colour: str, level: float) -> str:
    """Return the colour of the same hue at another lightness, with as much of its chroma as sRGB has there."""
    made = _color(colour).convert("oklch").set("lightness", level).convert("srgb")
    if not made.in_gamut():
        made.fit(method="oklch-chroma", jnd=0)  # the lightness as asked, at the cost of chroma
    return made.to_string(hex=True)


def darkened(colour: str, grounds: Iterable[str]) -> str:
    """Return the lightest colour of the same hue, not lighter than this one, that is legible on all the grounds.

    The grounds have to be light enough for black text.
    """
    on = tuple(grounds)
    if lowest_contrast(colour, on) >= ENOUGH:
        return colour
    low, high, best = 0.0, lightness(colour), shade(colour, 0)
    for _step in range(_STEPS):
        level = (low + high) / 2
        tried = shade(colour, level)
        if lowest_contrast(tried, on) >= ENOUGH:
            low, best = level, tried
        else:
            high = level
    return best


def _color(colour: str) -> "Color":
    from coloraide import Color  # noqa: PLC0415 -- 0.2 s and 18 MB, which only boards with colours of their own need

    return Color(colour)
