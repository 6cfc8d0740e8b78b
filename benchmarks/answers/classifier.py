from bisect import bisect_right
from collections.abc import Sequence


def classify(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the share of times that the best threshold assigns to the right kind, 0.5 being chance.

    There must be as many times of each kind. The threshold is fitted on the times with even indices and judged on those
    with odd ones, then the other way round (two-fold cross-validation), so that overfitting does not count.
    """
    halves = [(first[start::2], second[start::2]) for start in (0, 1)]
    return sum(_judge(_fit(*fitted), *judged) for fitted, judged in (halves, halves[::-1])) / 2


def _fit(first: Sequence[float], second: Sequence[float]) -> tuple[float, int]:
    """Return the threshold that separates two kinds best, and 1 if the first is the quicker, else -1."""
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
