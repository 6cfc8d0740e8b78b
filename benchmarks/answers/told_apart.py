from bisect import bisect_right
from collections.abc import Sequence


def told_apart(first: Sequence[float], second: Sequence[float]) -> float:
    """Give the share of two kinds' times, as many of each, that the best threshold puts into the right kind.

    It is fitted on the times of even places and judged on the others, and the other way round, so that what it owes to
    chance in the one half does not count.
    """
    halves = [(first[start::2], second[start::2]) for start in (0, 1)]
    return sum(_judge(_fit(*fitted), *judged) for fitted, judged in (halves, halves[::-1])) / 2


def _fit(first: Sequence[float], second: Sequence[float]) -> tuple[float, int]:
    """Give the threshold that parts two kinds best, and 1 where the first is the quicker, else -1."""
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
