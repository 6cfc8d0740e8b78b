import datetime
from pathlib import Path

import pytest
import time_machine

from benchmarks.measuring.all_runs import Figure, measure_all, median

DOCUMENT = "Before\n\n<!-- measured -->\n\nold\n\n<!-- end of measured -->\nafter\n"
# Each run prints the next line of a file.
PROGRAM = """
import sys
from pathlib import Path
lines = Path(__file__).with_suffix(".lines")
first, *others = lines.read_text().splitlines()
lines.write_text("\\n".join(others))
print(first)
sys.exit({status} if "MISSED" in first else 0)
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text(DOCUMENT)
    return path


def benchmark(folder: Path, name: str, lines: list[str], *, status: int = 1) -> Path:
    path = folder / f"{name}.py"
    path.write_text(PROGRAM.format(status=status))
    path.with_suffix(".lines").write_text("\n".join(lines))
    return path


def test_the_median_of_three_runs_is_judged_printed_and_written(
    tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    login = [f"login: {value} at least 0.77{verdict}" for value, verdict in
             (("0.800", ""), ("0.700", " MISSED"), ("0.771", ""))]  # fmt: skip
    memory = [f"memory, csv: {value} at most 1.5 (1.0 -> 1.1 MB)" for value in ("1.100", "1.000", "1.300")]
    capacity = [f"log-ins of one core: {value} a second" for value in ("31.000", "29.500", "30.000")]
    files = [benchmark(tmp_path, "a", login), benchmark(tmp_path, "b", memory), benchmark(tmp_path, "c", capacity)]

    with time_machine.travel(datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)):
        assert measure_all(files, document)

    assert capsys.readouterr().out.splitlines() == [
        "login 0.771 at least 0.77 (0.700–0.800)",
        "memory, csv 1.100 at most 1.5 (1.000–1.300)",
        "log-ins of one core 30.000 a second (29.500–31.000)",
    ]
    before, _, table = document.read_text().partition("<!-- measured -->\n\n")
    assert before == "Before\n\n"
    assert table.startswith("2026-09-01, ")
    assert table.splitlines()[2:] == [
        "| figure | median | lowest to highest | bound |",
        "|---|---|---|---|",
        "| login | 0.771 | 0.700–0.800 | at least 0.77 |",
        "| memory, csv | 1.100 | 1.000–1.300 | at most 1.5 |",
        "| log-ins of one core | 30.000 | 29.500–31.000 | a second |",
        "",
        "<!-- end of measured -->",
        "after",
    ]


def test_a_missed_bound_is_said_and_written(tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["login: 0.800 at least 0.77", "login: 0.700 at least 0.77 MISSED", "login: 0.710 at least 0.77 MISSED"]

    assert not measure_all([benchmark(tmp_path, "a", lines)], document)

    assert capsys.readouterr().out == "login 0.710 at least 0.77 MISSED (0.700–0.800)\n"
    assert "| login | 0.710 | 0.700–0.800 | at least 0.77, missed |" in document.read_text()


def test_a_benchmark_that_fails_is_named_the_others_run_and_no_table_is_written(
    tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = benchmark(tmp_path, "a", ["login: 0.700 at least 0.77 MISSED", "a: 1.000 MISSED"], status=2)
    whole = benchmark(tmp_path, "b", 3 * ["import: 0.400 at least 0.33"])

    assert not measure_all([broken, whole], document)

    assert capsys.readouterr().out.splitlines() == [
        "a.py FAILED with status 2",
        "a.py FAILED with status 2",
        "a.py FAILED with status 1",
        "import 0.400 at least 0.33 (0.400–0.400)",
    ]
    assert document.read_text() == DOCUMENT


def test_median_is_a_run_that_was_judged() -> None:
    runs = [Figure(value, "login", "at least 0.77", value < 0.77) for value in (0.9, 0.5, 0.7)]

    assert median(runs) == (0.7, "login", "at least 0.77", True)
