import pytest
from hypothesis import given
from hypothesis import strategies as st

from egzaminator.cms.colours import contrast, darkened, lightness, lowest_contrast, shade, written_colour

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
GROUNDS = ("#ffffff", "#f2f4f7")


@pytest.mark.parametrize(
    ("colour", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that passes on white, and the next one
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#ffffff", 1.37),
        ("#ffffff", "#0a4a94", 8.68),
    ],
)
def test_contrast_is_that_of_wcag(colour: str, other: str, ratio: float) -> None:
    assert round(contrast(colour, other), 2) == ratio
    assert contrast(colour, other) == contrast(other, colour)


@pytest.mark.parametrize(
    ("colour", "level"),  # of CSS Color 4's sample code
    [
        ("#000000", 0.0),
        ("#ffffff", 1.0),
        ("#ff0000", 0.628),
        ("#00ff00", 0.866),
        ("#0000ff", 0.452),
        ("#663399", 0.440),
    ],
)
def test_lightness_is_that_of_oklch(colour: str, level: float) -> None:
    assert lightness(colour) == pytest.approx(level, abs=0.0005)


@pytest.mark.parametrize(
    ("colour", "nearest"),
    [
        ("#ff8800", "#b66000"),
        ("#ffff00", "#7a7a00"),
        ("#ffffff", "#767676"),
        ("#e30613", "#e30613"),
        ("#000000", "#000000"),
    ],
)
def test_the_nearest_colour_that_passes_on_white(colour: str, nearest: str) -> None:
    assert darkened(colour, ["#ffffff"]) == nearest


@given(COLOURS)
def test_the_nearest_passes_and_needs_no_further_step(colour: str) -> None:
    nearest = darkened(colour, GROUNDS)
    assert lowest_contrast(nearest, GROUNDS) >= 4.5
    assert darkened(nearest, GROUNDS) == nearest
    assert (nearest == colour) == (lowest_contrast(colour, GROUNDS) >= 4.5)
    # It is the nearest: a colour a little lighter would not pass.
    assert nearest == colour or lowest_contrast(shade(colour, lightness(nearest) + 0.006), GROUNDS) < 4.5


@given(COLOURS)
def test_a_shade_at_its_own_lightness_is_the_colour_itself(colour: str) -> None:
    assert shade(colour, lightness(colour)) == colour


@given(COLOURS, st.floats(0, 1))
def test_every_shade_is_a_colour_of_that_lightness(colour: str, level: float) -> None:
    made = shade(colour, level)
    assert written_colour(made) == made
    assert lightness(made) == pytest.approx(level, abs=0.06 if level < 0.1 else 0.01)
