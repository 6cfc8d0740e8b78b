import itertools

import pytest

from egzaminator.panel.charts import HEIGHT, WIDTH, bars_of


@pytest.mark.parametrize("values", [[], [0], [0, 0], [1], [1, 1000], [3, 0, 7, 2], list(range(12)), [10**7] * 12])
def test_bars_stand_side_by_side_inside_the_drawing_in_proportion(values: list[int]) -> None:
    bars = bars_of(values)
    assert [bar.value for bar in bars] == values
    assert all(one.x + one.width <= other.x for one, other in itertools.pairwise(bars))
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in bars)
    assert all(bar.y + bar.height == HEIGHT and bar.above > 0 for bar in bars)
    assert [bar.height > 0 for bar in bars] == [value > 0 for value in values]
    assert sorted(bars, key=lambda bar: bar.value) == sorted(bars, key=lambda bar: (bar.height, bar.value))
