"""The tokens of `static/css/tokens.css` as that file states them: their values in each scheme, and their contrast."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from egzaminator.cms.colours import contrast, written_colour

STYLES: Final = Path(settings.PACKAGE_DIR) / "static" / "css"
WIDE: Final = "min-width: 48rem"
_DARK: Final = "prefers-color-scheme: dark"
_MORE: Final = "prefers-contrast: more"
# The media conditions of each scheme, by its name.
SCHEMES: Final[Mapping[str, frozenset[str]]] = {
    "light": frozenset(),
    "dark": frozenset((_DARK,)),
    "more contrast": frozenset((_MORE,)),
    "dark, more contrast": frozenset((_DARK, _MORE)),
}

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE: Final = re.compile(r"(?:@media (?P<media>[^{]+)\{\s*)?:root \{(?P<body>[^}]*)\}")
_CONDITION: Final = re.compile(r"\(([^)]+)\)")
_TOKEN: Final = re.compile(r"--([\w-]+):\s*([^;]+);")
_REFERENCE: Final = re.compile(r"var\(--([\w-]+)\)")
_COLOUR: Final = re.compile(r"#[0-9a-f]{3,6}")

Tokens = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours that stand on each other, and the least contrast that WCAG 2.2 asks for."""

    colour: str
    ground: str
    least: float


_TEXT: Final = 4.5  # 1.4.3
_EDGE: Final = 3.0  # 1.4.11
_GROUNDS: Final = ("ground", "surface", "raised")
_SAID: Final = ("error", "success", "warning")
PAIRS: Final = [
    *(Pair(text, ground, _TEXT) for text in ("text", "quiet", "link") for ground in _GROUNDS),
    *(Pair(text, f"{said}-ground", _TEXT) for text in ("text", "quiet", "link") for said in _SAID),
    *(Pair(said, ground, _TEXT) for said in _SAID for ground in (*_GROUNDS, f"{said}-ground")),
    *(Pair("on-action", ground, _TEXT) for ground in ("action", "action-strong")),
    Pair("on-band", "band", _TEXT),
    Pair("focus", "focus-ground", _TEXT),
    *(Pair(edge, ground, _EDGE) for edge in ("edge", "action") for ground in _GROUNDS),
]


def tokens_when(conditions: Collection[str]) -> Tokens:
    """Return the value of each token where these media conditions hold. References to other tokens are resolved."""
    tokens: Tokens = {}
    for rule in _RULE.finditer(_COMMENT.sub("", (STYLES / "tokens.css").read_text())):
        if set(_CONDITION.findall(rule["media"] or "")) <= set(conditions):
            tokens |= dict(_TOKEN.findall(rule["body"]))
    return {name: _resolved(value, tokens) for name, value in tokens.items()}


def colours_in(scheme: str) -> Tokens:
    """Return the colours of a scheme, by name, in the form `#0a4a94`."""
    tokens = tokens_when(SCHEMES[scheme])
    return {name: written_colour(value) for name, value in tokens.items() if _COLOUR.fullmatch(value)}


def contrast_of(pair: Pair, scheme: str) -> float:
    """Return the contrast ratio of two colours in a scheme."""
    colours = colours_in(scheme)
    return contrast(colours[pair.colour], colours[pair.ground])


def _resolved(value: str, tokens: Tokens) -> str:
    while reference := _REFERENCE.fullmatch(value):
        value = tokens[reference[1]]
    return value
