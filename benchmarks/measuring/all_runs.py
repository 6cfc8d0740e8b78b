"""The program behind `make bench`: runs every benchmark three times, judges the medians and writes them down.

A single run on a machine that does other things says little, and the spread of three says how little. The table is
written only if every benchmark ran to its end: half a table would mix figures of two machines.
"""

import datetime
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

RUNS: Final = 3
_ROOT: Final = Path(__file__).resolve().parents[2]
_TABLE: Final = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- end of measured -->)", re.DOTALL)
_LINE: Final = re.compile(r"(?P<name>[^:]+): (?P<value>\d+\.\d{3}) (?P<bound>.+?)(?P<missed> MISSED)?(?: \(.*\))?")
_STATUS_OF_MISSED: Final = 1


class Figure(NamedTuple):
    """What one run printed in a line. `bound` is a unit instead for what has no bound."""

    value: float
    name: str
    bound: str
    is_missed: bool


def main() -> None:
    """Run the benchmarks. Exit with status 1 if one failed or a median missed its bound."""
    document = _ROOT / "docs/benchmarks.md"
    sys.exit(0 if measure_all(sorted((_ROOT / "benchmarks").glob("*.py")), document) else 1)


def measure_all(benchmarks: Iterable[Path], document: Path) -> bool:
    """Run each benchmark, print its medians, and write all into the document. Return whether all is as it should be."""
    rows, have_all_run = [], True
    for benchmark in benchmarks:
        runs = [_run(benchmark) for _ in range(RUNS)]
        have_all_run &= None not in runs
        for figures in _by_name(run for run in runs if run):
            rows.append(figures)
            print(_line(figures), flush=True)
    if have_all_run:
        text = document.read_text()
        document.write_text(_TABLE.sub(lambda _: _table(rows), text))
    return have_all_run and not any(median(figures).is_missed for figures in rows)


def median(figures: Sequence[Figure]) -> Figure:
    """Return the run in the middle, which was judged as measured, before its value was rounded."""
    return sorted(figures)[len(figures) // 2]


def _run(benchmark: Path) -> list[Figure] | None:
    """Return what a benchmark printed, or None if it did not run to its end."""
    environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}"}
    ended = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, str(benchmark)], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    figures = [
        Figure(float(found["value"]), found["name"], found["bound"], bool(found["missed"]))
        for found in map(_LINE.fullmatch, ended.stdout.splitlines())
        if found
    ]
    has_ended = ended.returncode == 0 or (
        ended.returncode == _STATUS_OF_MISSED and any(figure.is_missed for figure in figures)
    )
    if not has_ended:
        print(f"{benchmark.name} FAILED with status {ended.returncode}", flush=True)
        return None
    return figures


def _by_name(runs: Iterable[list[Figure]]) -> Iterable[list[Figure]]:
    by_name = defaultdict(list)
    for run in runs:
        for figure in run:
            by_name[figure.name].append(figure)
    return by_name.values()


def _line(figures: Sequence[Figure]) -> str:
    middle = median(figures)
    return f"{middle.name} {middle.value:.3f} {middle.bound}{' MISSED' * middle.is_missed} ({_spread(figures)})"


def _spread(figures: Sequence[Figure]) -> str:
    return f"{min(figures).value:.3f}–{max(figures).value:.3f}"


def _table(rows: Iterable[Sequence[Figure]]) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    lines = [
        f"{today}, {os.cpu_count()} cores, Python {sys.version.split()[0]}: the median of {RUNS} runs.",
        "",
        "| figure | median | lowest to highest | bound |",
        "|---|---|---|---|",
    ]
    for figures in rows:
        middle = median(figures)
        verdict = f"{middle.bound}{', missed' * middle.is_missed}"
        lines.append(f"| {middle.name} | {middle.value:.3f} | {_spread(figures)} | {verdict} |")
    return "\n" + "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    main()
