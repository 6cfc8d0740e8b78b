"""Programs that the server's user cannot reach. Only root can have such."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from egzaminator.runtime.postgres import binaries
from egzaminator.runtime.postgres.binaries import find_binaries
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.users import user_of_server
from tests.runtime.postgres.conftest import offer_programs, run_as

# ruff: noqa: SLF001 -- the wheel cannot be moved, so what finds it is made to find another

pytestmark = [pytest.mark.usefixtures("needs_root"), pytest.mark.slow]

USER = user_of_server(Path("/nonexistent"))


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel's files in a folder that only root can read, as a strict umask leaves them."""
    source = binaries._folder_of_packages()
    packages = tmp_path / "closed"
    for part in binaries._NEEDED:
        target = packages / part
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--recursive", source / part, target], check=True)
    subprocess.run(["chmod", "--recursive", "go=", packages], check=True)
    monkeypatch.setattr(binaries, "_folder_of_packages", lambda: packages)
    return packages


@pytest.fixture
def copies(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    open_folder.chmod(0o755)
    folder = open_folder / "cache" / "egzaminator"
    monkeypatch.setattr(binaries, "COPIES", folder)
    return folder


def version_by(folder: Path) -> bytes:
    command = [str(folder / "postgres"), "--version"]
    return subprocess.run(command, check=True, capture_output=True, cwd="/", **run_as(USER)).stdout


def test_programs_that_can_be_run_are_run_where_they_are(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = open_folder / "packages"
    offer_programs(packages)
    monkeypatch.setattr(binaries, "_folder_of_packages", lambda: packages)
    monkeypatch.setattr(binaries, "COPIES", open_folder / "cache")
    assert find_binaries(USER) == packages / binaries._INSTALLATION / "bin"
    assert not binaries.COPIES.exists()


@pytest.mark.usefixtures("wheel")
def test_programs_out_of_reach_are_copied_once(copies: Path) -> None:
    before = os.umask(0o077)
    try:
        folder = find_binaries(USER)
    finally:
        os.umask(before)
    assert folder.is_relative_to(copies)
    assert version_by(folder).startswith(b"postgres (PostgreSQL) 16.")
    for path in (copies.parent, copies, *copies.rglob("*")):
        found = path.stat()
        assert found.st_uid == 0
        assert stat.S_IMODE(found.st_mode) in ({0o755} if path.is_dir() else {0o644, 0o755})
    made = folder.stat().st_ino
    assert find_binaries(USER) == folder
    assert folder.stat().st_ino == made
    assert [path.name for path in copies.iterdir()] == [folder.relative_to(copies).parts[0]]


@pytest.mark.usefixtures("wheel")
def test_of_two_who_copy_at_once_the_first_wins(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy_after_another(packages: Path, target: Path) -> None:
        original(packages, target)
        shutil.copytree(target, target.parent / target.name.rpartition(".")[0], dirs_exist_ok=True)

    original = binaries._copy_readable
    monkeypatch.setattr(binaries, "_copy_readable", copy_after_another)
    folder = find_binaries(USER)
    assert version_by(folder).startswith(b"postgres (PostgreSQL) 16.")
    assert len(list(copies.iterdir())) == 1


@pytest.mark.usefixtures("wheel")
@pytest.mark.parametrize("spoil", [lambda folder: folder.chmod(0o777), lambda folder: os.chown(folder, USER.uid, 0)])
def test_copies_are_not_kept_where_others_can_write(copies: Path, spoil: Callable[[Path], None]) -> None:
    copies.mkdir(parents=True)
    spoil(copies)
    with pytest.raises(EmbeddedServerError) as caught:
        find_binaries(USER)
    assert str(caught.value) == (
        f"{copies} is not a folder that root alone can write, so PostgreSQL's programs are not kept in it. "
        "Remove it, or set DATABASE_URL."
    )


@pytest.mark.usefixtures("wheel")
def test_copies_out_of_reach_as_well(copies: Path, open_folder: Path) -> None:
    open_folder.chmod(0o700)
    with pytest.raises(EmbeddedServerError) as caught:
        find_binaries(USER)
    words = str(caught.value)
    assert words.startswith(f"User {USER.uid}, as whom PostgreSQL is to run, cannot run its programs in {copies}/")
    assert words.endswith(" Remove that folder to have it made anew, or set DATABASE_URL.")


@pytest.mark.usefixtures("wheel")
def test_a_copy_makes_and_runs_a_database(copies: Path, tmp_path: Path) -> None:
    folder = find_binaries(USER)
    assert folder.is_relative_to(copies)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    os.chown(data, USER.uid, USER.gid)
    command = [str(folder / "initdb"), "-D", "/proc/self/cwd", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, cwd=data, **run_as(USER))
    assert (data / "PG_VERSION").read_text(encoding="ascii") == "16\n"
