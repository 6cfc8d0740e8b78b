"""Charts of the panel, drawn as SVG in the template. A table behind each says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# In the units of the drawing, whole numbers: decimals would be written with a comma.
WIDTH: Final = 480
HEIGHT: Final = 120
_ROOM_FOR_NUMBER: Final = 20
_LEAST: Final = 2  # of what is not nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart."""

    x: int
    y: int
    width: int
    height: int
    value: int

    @property
    def middle(self) -> int:
        """Where its number stands."""
        return self.x + self.width // 2

    @property
    def above(self) -> int:
        """The base line of its number."""
        return self.y - 5


def bars_of(values: Sequence[int]) -> list[Bar]:
    """Return the bars of a chart, from left to right. The highest is as high as there is room."""
    step = WIDTH // max(len(values), 1)
    most = max(values, default=0) or 1
    bars = []
    for index, value in enumerate(values):
        height = max(_LEAST, (HEIGHT - _ROOM_FOR_NUMBER) * value // most) if value else 0
        bars.append(Bar(index * step + step // 8, HEIGHT - height, step - step // 4, height, value))
    return bars
