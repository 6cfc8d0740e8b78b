"""requirements/install.sh, with a fake Python that only records what it is asked to do."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "requirements" / "install.sh"
# Creates a virtual environment with itself in it, and fails at whatever REFUSED matches.
PYTHON = """#!/bin/sh
echo "$*" >> calls
case "$*" in
    *"${REFUSED:-nothing at all}"*) exit 1 ;;
    *"-m venv .venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    clone = tmp_path / "a clone's folder"
    (clone / "requirements").mkdir(parents=True)
    for name in ("demo", "dev"):
        (clone / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (clone / "python").write_text(PYTHON)
    (clone / "python").chmod(0o755)
    return clone


def install(clone: Path, what: str = "demo", *, python: str | None = None, refused: str = "") -> tuple[int, str, str]:
    """Run the script. Return its exit code, stdout and stderr."""
    result = subprocess.run(
        ["sh", str(SCRIPT), what],
        cwd=clone,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python or str(clone / "python"), "REFUSED": refused},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return result.returncode, result.stdout, result.stderr


def installed(clone: Path) -> list[str]:
    """Return what pip was asked to install so far."""
    calls = (clone / "calls").read_text().splitlines()
    return [call.rpartition("/")[2] for call in calls if "pip install" in call]


def test_a_first_run_says_what_it_does_and_a_second_does_nothing(clone: Path) -> None:
    assert install(clone) == (
        0,
        "Making the virtual environment .venv/…\nInstalling packages, which takes a minute or two the first time…\n",
        "",
    )
    assert install(clone) == (0, "", "")
    assert installed(clone) == ["demo.txt"]


def test_only_changed_requirements_are_installed(clone: Path) -> None:
    install(clone, "dev")
    install(clone, "demo")  # which dev has all of
    assert installed(clone) == ["dev.txt"]

    (clone / "requirements" / "demo.txt").write_text("demo==2\n")
    install(clone, "demo")
    install(clone, "demo")
    install(clone, "dev")
    assert installed(clone) == ["dev.txt", "demo.txt", "dev.txt"]


def test_what_failed_is_tried_again(clone: Path) -> None:
    code, _, errors = install(clone, refused="pip install")
    assert (code, errors) == (
        1,
        "The packages could not be installed; pip says above why. It needs the network to a package index.\n",
    )
    assert install(clone)[0] == 0
    assert installed(clone) == ["demo.txt", "demo.txt"]


def test_an_environment_that_stopped_working_is_made_again(clone: Path) -> None:
    install(clone)
    (clone / ".venv" / "bin" / "python").unlink()
    assert install(clone)[0] == 0
    assert installed(clone) == ["demo.txt", "demo.txt"]


@pytest.mark.parametrize("python", ["/nowhere/python3", None])
def test_a_python_that_is_missing_or_too_old_is_named(clone: Path, python: str | None) -> None:
    code, output, errors = install(clone, python=python, refused="version_info")
    assert (code, output) == (1, "")
    assert errors == (
        f"Python 3.11 or newer is needed, and {python or clone / 'python'} is older or missing. "
        "On Debian 12 or newer:\n  apt install python3 python3-venv\n"
    )


def test_a_missing_ensurepip_is_named(clone: Path) -> None:
    assert install(clone, refused="ensurepip") == (
        1,
        "",
        "This Python cannot make virtual environments. On Debian: apt install python3-venv\n",
    )
