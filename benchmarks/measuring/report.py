"""The output of every benchmark: a line for each ratio, with its bound, and for each figure of this machine.

A missed bound ends in exit status 1.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Tiny sizes, which only show that a benchmark runs. Their ratios mean nothing and have no bound.
IS_SMOKE = os.environ.get("SMOKE") == "1"


def size(whole: int, *, smoke: int) -> int:
    """Return how much to measure: the full size, or the size of a smoke test."""
    return smoke if IS_SMOKE else whole


class Report:
    """Prints ratios and remembers whether one missed its bound."""

    def __init__(self) -> None:
        self.is_missed = False

    def at_least(self, bound: float, name: str, ratio: float, note: str = "") -> None:
        """Print a ratio that must not be below its bound."""
        self._print(name, ratio, f"at least {bound}", note, is_missed=ratio < bound)

    def at_most(self, bound: float, name: str, ratio: float, note: str = "") -> None:
        """Print a ratio that must not be above its bound."""
        self._print(name, ratio, f"at most {bound}", note, is_missed=ratio > bound)

    def figure(self, name: str, value: float, unit: str) -> None:
        """Print a figure of this machine, which docs/scaling.md works with. It has no bound."""
        print(f"{name}: {value:.3f} {unit}", flush=True)

    def _print(self, name: str, ratio: float, bound: str, note: str, *, is_missed: bool) -> None:
        # Judged as measured, not as printed: 0.748 is no 0.75.
        verdict = "" if IS_SMOKE or not is_missed else " MISSED"
        print(f"{name}: {ratio:.3f} {bound}{verdict}{note and f' ({note})'}", flush=True)
        self.is_missed |= bool(verdict)


@contextmanager
def reporting() -> Iterator[Report]:
    """Yield a report. Exit with status 1 at the end if a bound was missed."""
    report = Report()
    yield report
    if report.is_missed:
        sys.exit(1)
