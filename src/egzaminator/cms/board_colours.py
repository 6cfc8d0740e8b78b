"""The board's colours: which ones are accepted, and the style sheet that puts them in the place of the delivered ones.

The contrast of everything written in them or on them is at least 4.5:1 (WCAG 2.2, 1.4.3), in both schemes.
"""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from egzaminator.cms.colours import ENOUGH, darkened, lightness, lowest_contrast, shade

# Of static/css/tokens.css: the delivered colours, and the grounds on which links stand or whose colour buttons' texts
# have. tests/cms/test_board_colours.py compares them.
BAND: Final = "#0b2a52"
ACTION: Final = "#0a4a94"
LIGHT_GROUNDS: Final = ("#ffffff", "#f4f6f9", "#eef2f7", "#fdf1f2", "#eaf6ef", "#fff5df")
# Lightness in OKLCH, near that of the delivered colours of the dark scheme.
_DARK_BAND: Final = 0.26
_DARK_ACTION: Final = 0.82
_DARK_ACTION_STRONG: Final = 0.9

_SHEET: Final = """\
@layer board {{
  @media (prefers-contrast: no-preference) {{
    :root {{
{light}
    }}
  }}
  @media screen and (prefers-contrast: no-preference) and (prefers-color-scheme: dark) {{
    :root {{
{dark}
    }}
  }}
}}
"""


def require_legible(colour: str) -> None:
    """Raise `ValidationError` if the colour is too light. It names the contrast and the nearest colour that passes."""
    ratio = lowest_contrast(colour, LIGHT_GROUNDS)
    if ratio < ENOUGH:
        raise ValidationError(
            _(
                "This colour is too light: its contrast is %(ratio)s:1, and text needs at least %(enough)s:1. "
                "The nearest that passes is %(nearest)s."
            ),
            "too_light",
            {
                # Rounded down, since 4.499 must not be shown as 4.5.
                "ratio": number_format(math.floor(ratio * 100) / 100, 2),
                "enough": number_format(ENOUGH, 1),
                "nearest": darkened(colour, LIGHT_GROUNDS),
            },
        )


@dataclass(frozen=True, slots=True)
class BoardStyles:
    """The style sheet of the board's colours, and its version, which changes with them."""

    css: str
    version: str


def board_styles(band: str, action: str) -> BoardStyles | None:
    """Return the style sheet for two accepted colours, or None if they are those of `tokens.css`.

    Its layer comes after all others, as pages link it last. Where more contrast or forced colours are asked for, it
    changes nothing.
    """
    if (band, action) == (BAND, ACTION):
        return None
    dark_band = min(lightness(band), _DARK_BAND)
    light = _tokens(band, action, shade(action, 0.8 * lightness(action)))
    dark = _tokens(shade(band, dark_band), shade(action, _DARK_ACTION), shade(action, _DARK_ACTION_STRONG))
    css = _SHEET.format(light=light, dark=dark)
    return BoardStyles(css, hashlib.sha256(css.encode()).hexdigest()[:12])


def _tokens(band: str, action: str, action_strong: str) -> str:
    tokens = {
        "band": band,
        "band-line": shade(band, lightness(band) + 0.2),
        "link": action,
        "action": action,
        "action-strong": action_strong,
    }
    return "\n".join(f"      --{name}: {colour};" for name, colour in tokens.items())
