"""deploy/egzaminator, the command of the server: who may run it, and what the program gets."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "deploy" / "egzaminator"


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """Return the script with paths of its own, a program that tells what it gets, and users to choose by USER_NAME."""
    text = SCRIPT.read_text().replace("/etc/egzaminator/", f"{tmp_path}/").replace("/opt/egzaminator/", f"{tmp_path}/")
    _write(tmp_path / "command", text)
    _write(tmp_path / "current/bin/egzaminator", '#!/bin/sh\necho "$SECRET_KEY" "$@"\n[ "$1" != restore ] || cat\n')
    _write(tmp_path / "bin/id", '#!/bin/sh\necho "$USER_NAME"\n')
    _write(tmp_path / "bin/setpriv", '#!/bin/sh\necho "$@" | head -n 1\nshift 4\nexec "$@"\n')
    (tmp_path / "environment").write_text("SECRET_KEY='a secret; with $signs'\n")
    (tmp_path / "backup-key").write_text("the machine's key\n")
    (tmp_path / "other-key").write_text("the administrator's key\n")
    return tmp_path / "command"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    path.chmod(0o755)


def _run(command: Path, *arguments: str, user: str, key: str = "") -> subprocess.CompletedProcess[str]:
    path = f"{command.parent / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "USER_NAME": user} | ({"KEY": key} if key else {})
    return subprocess.run([command, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_root_becomes_the_services_user_and_no_argument_holds_a_secret(command: Path) -> None:
    told = _run(command, "mark_deceased", "2026-11-22", user="root")
    became, ran = told.stdout.splitlines()
    assert became == "--reuid=egzaminator --regid=egzaminator --init-groups -- sh -c "
    assert ran == "a secret; with $signs mark_deceased 2026-11-22"
    assert (told.returncode, told.stderr) == (0, "")


def test_the_services_user_runs_it_as_it_is(command: Path) -> None:
    """A mail server that pipes a returned e-mail to it runs it so."""
    assert _run(command, "read_bounce", user="egzaminator").stdout == "a secret; with $signs read_bounce\n"


def test_others_are_told_who_may(command: Path) -> None:
    told = _run(command, "status", user="jan")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("Only root may run it, because it reads ")


@pytest.mark.parametrize("key", ["backup-key", "other-key"])
def test_a_restore_gets_the_private_key_by_stdin(command: Path, key: str) -> None:
    named = "" if key == "backup-key" else str(command.parent / key)
    told = _run(command, "restore", "--drill", user="egzaminator", key=named)
    private = (command.parent / key).read_text()
    assert told.stdout == f"a secret; with $signs restore --identity - --drill\n{private}"
