"""Every benchmark runs to its end. Otherwise nobody would notice a broken one before the next measurement."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.measuring import report
from tests.helpers.database_url import database_url

BENCHMARKS = sorted((settings.ROOT_DIR / "benchmarks").glob("*.py"))
_LINE = re.compile(r"(?P<name>[^:]+): \d+\.\d{3} (at (least|most) [\d.]+( \(.+\))?|a (CPU )?second)")


def test_benchmarks_are_found() -> None:
    assert len(BENCHMARKS) >= 7
    assert "benchmarks/*.py" in (settings.ROOT_DIR / "Makefile").read_text()


def test_documentation_names_every_benchmark() -> None:
    documented = (settings.ROOT_DIR / "docs/benchmarks.md").read_text()

    assert {path.name for path in BENCHMARKS} == set(re.findall(r"^\| `(\w+\.py)`", documented, re.MULTILINE))


def test_missed_bound_is_the_exit_status_once_all_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "IS_SMOKE", False)

    with pytest.raises(SystemExit) as end, report.reporting() as lines:  # noqa: PT012 -- what follows a miss is the point
        lines.at_least(0.75, "first", 0.7496)
        lines.at_most(1.5, "second", 1.2, "of two")

    assert end.value.code == 1
    assert capsys.readouterr().out == "first: 0.750 at least 0.75 MISSED\nsecond: 1.200 at most 1.5 (of two)\n"


@pytest.mark.fault
@pytest.mark.django_db  # pytest-django creates a database only for tests that say so
@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_benchmark_runs_to_its_end(path: Path) -> None:
    # Processes of pytest-xdist share a folder. A benchmark gets its own, or it would collect the static files again
    # while tests are served them.
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTEST_XDIST_WORKER", "DATA_DIR"}}

    result = subprocess.run(
        [sys.executable, str(path)],
        cwd=settings.ROOT_DIR,
        env=environment | {"PYTHONPATH": "src:.", "SMOKE": "1", "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines
    assert [line for line in lines if not _LINE.fullmatch(line)] == []
