"""Colours: how they are written, their contrast (WCAG 2.2), and the same hue lighter or darker (OKLCH)."""
# ruff: noqa: PLR2004 -- the numbers are those of the norms, which give them no names

import re
from collections.abc import Iterable
from typing import Final

# WCAG 2.2, 1.4.3: the contrast of text.
ENOUGH: Final = 4.5

_HEX: Final = re.compile(r"#?(?:([0-9a-f]{6})|([0-9a-f])([0-9a-f])([0-9a-f]))", re.IGNORECASE)
_STEPS: Final = 16  # of a search by halves: finer than the 256 steps of a channel

Triple = tuple[float, float, float]
_Matrix = tuple[Triple, Triple, Triple]

# Björn Ottosson's OKLab, as in CSS Color 4: linear sRGB to cones and back, cube roots of cones to OKLab and back.
_TO_CONES: Final[_Matrix] = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_CONES: Final[_Matrix] = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_TO_LAB: Final[_Matrix] = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB: Final[_Matrix] = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)


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
    darker, lighter = sorted((_luminance(colour), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lowest_contrast(colour: str, others: Iterable[str]) -> float:
    """Return the contrast ratio of a colour with that of the others from which it differs least."""
    return min(contrast(colour, other) for other in others)


def lightness(colour: str) -> float:
    """Return the lightness of a colour in OKLCH, from 0 (black) to 1 (white)."""
    return _lab(colour)[0]


def shade(colour: str, level: float) -> str:
    """Return the colour of the same hue at another lightness, with as much of its chroma as sRGB has there."""
    _, a, b = _lab(colour)
    shown = _linear_from_lab((level, a, b))
    low, high = 0.0, 1.0  # shares of the chroma: the first can be shown, the second cannot
    if not _is_shown(shown):
        for _step in range(_STEPS):
            share = (low + high) / 2
            tried = _linear_from_lab((level, share * a, share * b))
            low, high = (share, high) if _is_shown(tried) else (low, share)
        shown = _linear_from_lab((level, low * a, low * b))
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in shown)


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


def _channels(colour: str) -> Triple:
    """Return red, green and blue in linear light, from 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _decoded(red), _decoded(green), _decoded(blue)


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    kept = min(max(channel, 0.0), 1.0)
    return 12.92 * kept if kept <= 0.0031308 else 1.055 * kept ** (1 / 2.4) - 0.055


def _lab(colour: str) -> Triple:
    return _product(_TO_LAB, _powers(_product(_TO_CONES, _channels(colour)), 1 / 3))


def _linear_from_lab(lab: Triple) -> Triple:
    return _product(_FROM_CONES, _powers(_product(_FROM_LAB, lab), 3))


def _is_shown(linear: Triple) -> bool:
    return all(-0.0001 <= channel <= 1.0001 for channel in linear)


def _powers(vector: Triple, exponent: float) -> Triple:
    first, second, third = (part**exponent for part in vector)
    return first, second, third


def _product(matrix: _Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third
