"""The board's colours are legible wherever they stand."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

import egzaminator
from egzaminator.cms.board_colours import ACTION, BAND, LIGHT_GROUNDS, board_styles, require_legible
from egzaminator.cms.colours import contrast, darkened, lightness, lowest_contrast, written_colour

TOKENS = (Path(egzaminator.__file__).parent / "static/css/tokens.css").read_text()
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: darkened(f"#{number:06x}", LIGHT_GROUNDS))
GROUND = re.compile(r"(?<!focus-)ground|raised|surface")  # a focused element has text of its own colour


def tokens_of(block: str) -> dict[str, str]:
    """Return the colours of a block of rules by the names of their tokens."""
    return {name: written_colour(colour) for name, colour in re.findall(r"--([\w-]+): (#\w+);", block)}


DELIVERED_LIGHT = tokens_of(TOKENS.split("@media")[0])
DELIVERED_DARK = DELIVERED_LIGHT | tokens_of(
    TOKENS.split("@media screen and (prefers-color-scheme: dark)")[1].split("@media")[0]
)


def schemes(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return all tokens of a page in the light and in the dark scheme, with the board's colours."""
    _, light, dark = css.split("@media ")
    assert light.startswith("(prefers-contrast: no-preference) {")
    assert dark.startswith("screen and (prefers-contrast: no-preference) and (prefers-color-scheme: dark) {")
    return DELIVERED_LIGHT | tokens_of(light), DELIVERED_DARK | tokens_of(light) | tokens_of(dark)


def require_contrast(tokens: dict[str, str]) -> None:
    grounds = {name: colour for name, colour in tokens.items() if GROUND.search(name)}
    assert len(grounds) == 6
    for name, colour in grounds.items():
        assert contrast(tokens["link"], colour) >= 4.5, name
    for name in ("action", "action-strong"):
        assert contrast(tokens["on-action"], tokens[name]) >= 4.5, name
    assert contrast(tokens["on-band"], tokens["band"]) >= 4.5


def test_the_delivered_colours_are_those_of_the_style_sheet_and_pass() -> None:
    assert (DELIVERED_LIGHT["band"], DELIVERED_LIGHT["action"], DELIVERED_LIGHT["link"]) == (BAND, ACTION, ACTION)
    assert set(LIGHT_GROUNDS) == {colour for name, colour in DELIVERED_LIGHT.items() if GROUND.search(name)}
    assert {DELIVERED_LIGHT["on-action"], DELIVERED_LIGHT["on-band"]} <= set(LIGHT_GROUNDS)
    require_contrast(DELIVERED_LIGHT)
    require_contrast(DELIVERED_DARK)
    assert board_styles(BAND, ACTION) is None


@given(COLOURS, COLOURS)
def test_every_accepted_colour_is_legible_in_both_schemes(band: str, action: str) -> None:
    require_legible(band)
    require_legible(action)
    styles = board_styles(band, action)
    if styles is None:
        return
    light, dark = schemes(styles.css)
    assert (light["band"], light["action"], light["link"]) == (band, action, action)
    require_contrast(light)
    require_contrast(dark)
    assert lightness(dark["band"]) < 0.28
    assert light.keys() == DELIVERED_LIGHT.keys()


def test_the_style_sheet_of_a_green_board() -> None:
    styles = board_styles("#00441b", "#006d2c")
    assert styles is not None
    assert len(styles.css) < 800
    assert styles.css.startswith("@layer board {\n")
    light, dark = schemes(styles.css)
    for tokens in (light, dark):
        for name in ("band", "band-line", "link", "action", "action-strong"):
            red, green, blue = (int(tokens[name][at : at + 2], 16) for at in (1, 3, 5))
            assert green > max(red, blue), name


def test_the_version_changes_with_either_colour() -> None:
    pairs = [("#00441b", "#006d2c"), ("#00441b", "#006d2d"), ("#00441c", "#006d2c")]
    made = [board_styles(*pair) for pair in [*pairs, pairs[0]]]
    versions = [styles.version for styles in made if styles]
    assert versions[0] == versions[3]
    assert len(set(versions)) == 3
    assert all(re.fullmatch("[0-9a-f]{12}", version) for version in versions)


@pytest.mark.parametrize(
    ("language", "colour", "words"),
    [
        (
            "pl",
            "#ff8800",
            (
                "Ten kolor jest za jasny: jego kontrast wynosi 2,12:1, a tekst potrzebuje co najmniej 4,5:1. "
                "Najbliższy odpowiedni kolor to #aa5900."
            ),
        ),
        (
            "en",
            "#777777",
            (
                "This colour is too light: its contrast is 3.98:1, and text needs at least 4.5:1. "
                "The nearest that passes is #6e6e6e."
            ),
        ),
    ],
)
def test_a_refusal_names_the_contrast_and_the_nearest_colour(language: str, colour: str, words: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        require_legible(colour)
    with translation.override(language):
        assert refused.value.messages == [words]


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_a_refused_colour_is_never_said_to_have_enough_contrast(colour: str) -> None:
    if lowest_contrast(colour, LIGHT_GROUNDS) >= 4.5:
        require_legible(colour)
        return
    with pytest.raises(ValidationError) as refused:
        require_legible(colour)
    assert refused.value.params
    assert float(refused.value.params["ratio"].replace(",", ".")) < 4.5
    require_legible(refused.value.params["nearest"])
