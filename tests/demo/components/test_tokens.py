"""The contrast of the tokens is what WCAG 2.2 asks for, in every scheme."""

import re
from pathlib import Path

import pytest

from egzaminator.cms.colours import contrast
from egzaminator.demo.components import tokens
from egzaminator.demo.components.tokens import PAIRS, SCHEMES, STYLES, WIDE, Pair, colours_in, contrast_of, tokens_when

# Lines that separate, and no more: what they stand between is told by its place too (1.4.11 asks nothing of them).
DECORATION = {"line", "band-line"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_that_stand_on_each_other_differ_enough(scheme: str) -> None:
    ratios = {pair: contrast_of(pair, scheme) for pair in PAIRS}

    assert {pair: ratio for pair, ratio in ratios.items() if ratio < pair.least} == {}
    assert len(ratios) == 40


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_mark_of_the_focus_is_seen_on_every_ground(scheme: str) -> None:
    """It has two colours, so that one of them differs from whatever is below."""
    colours = colours_in(scheme)
    for ground in ("ground", "surface", "raised", "band", "error-ground", "success-ground", "warning-ground"):
        marks = [contrast(colours[mark], colours[ground]) for mark in ("focus", "focus-ground")]
        assert max(marks) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_is_compared(scheme: str) -> None:
    compared = {name for pair in PAIRS for name in (pair.colour, pair.ground)}

    assert set(colours_in(scheme)) - compared == DECORATION


def test_more_contrast_is_more() -> None:
    for pair in PAIRS:
        assert contrast_of(pair, "more contrast") >= contrast_of(pair, "light")
        assert contrast_of(pair, "dark, more contrast") >= contrast_of(pair, "dark")


def test_the_file_is_read_as_browsers_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tokens.css").write_text(
        """/* --a: #000; */
        :root {
          --a: #fff;
          --b: var(--c);
          --c: #123456;
          --gap: 1rem;
        }
        @media (min-width: 48rem) {
          :root {
            --gap: 2rem;
          }
        }
        @media screen and (prefers-contrast: more) and (prefers-color-scheme: dark) {
          :root {
            --a: var(--b);
          }
        }
        """
    )
    monkeypatch.setattr(tokens, "STYLES", tmp_path)

    assert tokens_when(()) == {"a": "#fff", "b": "#123456", "c": "#123456", "gap": "1rem"}
    assert tokens_when((WIDE,))["gap"] == "2rem"
    assert [colours_in(scheme)["a"] for scheme in SCHEMES] == ["#ffffff", "#ffffff", "#ffffff", "#123456"]
    assert contrast_of(Pair("a", "a", 1), "light") == 1


def test_components_use_no_colours_of_their_own() -> None:
    """But for what must not change with the scheme: shadows, and the white below a QR code."""
    found = {
        (path.name, colour)
        for path in STYLES.glob("*.css")
        if path.name != "tokens.css"
        for colour in re.findall(r"#[0-9a-f]{3,8}\b|\brgb\([^)]*\)", re.sub(r"/\*.*?\*/", "", path.read_text()))
    }

    assert found == {
        ("account.css", "#fff"),
        ("login-box.css", "rgb(0 0 0 / 25%)"),
        ("notices.css", "rgb(0 0 0 / 25%)"),
    }
