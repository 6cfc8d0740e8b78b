from bisect import bisect_right
from collections.abc import Sequence


def told_apart(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the share of response times that the best threshold assigns to the right one of two kinds.

    Both kinds have equally many times. The threshold is fitted on the times at even positions and judged on the
    others, and then the other way round, so that what it owes to chance in one half does not count.
    """
    halves = [(first[start::2], second[start::2]) for start in (0, 1)]
    return sum(_judge(_fit(*fitted), *judged) for fitted, judged in (halves, halves[::-1])) / 2


def _fit(first: Sequence[float], second: Sequence[float]) -> tuple[float, int]:
    """Return the threshold that separates two kinds best, and 1 if the first kind is the faster one, else -1."""
    ordered = sorted([(time, 1) for time in first] + [(time, -1) for time in second])
    best, threshold, lead = 0, 0.0, 0
    for time, side in ordered:
        lead += side
        if abs(lead) > abs(best):
            best, threshold = lead, time
    return threshold, 1 if best >= 0 else -1


def _judge(fitted: tuple[float, int], first: Sequence[float], second: Sequence[float]) -> float:
    threshold, side = fitted
    quick_first, quick_second = (bisect_right(sorted(times), threshold) for times in (first, second))
    right = quick_first + len(second) - quick_second
    share = right / (len(first) + len(second))
    return share if side == 1 else 1 - share
