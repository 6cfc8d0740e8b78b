import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django.fixtures import Settings

from egzaminator import __version__
from egzaminator.backup.age import new_key
from egzaminator.backup.archive import opened
from egzaminator.backup.errors import BackupError, NotCopiedError
from egzaminator.backup.folder import archives, backup_folder, locked, require_whole, sum_file
from egzaminator.backup.make import make_backup
from tests.backup.conftest import Machine
from tests.backup.databases import connect
from tests.faults.workers import wait_for
from tests.helpers.factories import make_account, make_examiner

pytestmark = pytest.mark.slow

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system takes root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def copier(machine: Machine, settings: Settings, tmp_path: Path) -> Path:
    """The administrator's program: it notes its arguments and its environment, and ends as the file `status` says."""
    program = tmp_path / "copy"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/copied\nenv > {tmp_path}/env\nexit $(cat {tmp_path}/status)\n'
    )
    program.chmod(0o700)
    (tmp_path / "status").write_text("0")
    settings.BACKUP_COPY_COMMAND = program
    return tmp_path


def test_the_archive_says_what_is_in_it(machine: Machine, keys: list[object]) -> None:
    make_account(make_examiner(numbers=("A-1",)))
    made = make_backup()
    require_whole(made.archive)
    with opened(made.archive, keys=keys) as reader:
        manifest = reader.manifest
        dump = b"".join(reader.database())
        assert list(reader.media()) == []
    assert (manifest.version, manifest.rows["accounts_account"]) == (__version__, 1)
    assert "accounts.0001_initial" in manifest.migrations
    assert sum(manifest.rows.values()) == made.rows
    assert dump.startswith(b"PGDMP")
    assert b"PGDMP" not in made.archive.read_bytes()
    state = json.loads((machine.folder / "backup-state.json").read_text())
    assert list(state) == ["last_backup"]


def test_any_age_and_sha256sum_read_it(machine: Machine) -> None:
    archive = make_backup().archive
    assert archive.read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")
    checked = subprocess.run(
        ["sha256sum", "--check", sum_file(archive).name],
        cwd=machine.backups,
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout == f"{archive.name}: OK\n"
    assert checked.stderr == ""


def test_every_file_is_its_owners_alone(machine: Machine) -> None:
    os.umask(0o022)
    make_backup()
    modes = {path.name.rpartition(".")[2]: stat.S_IMODE(path.stat().st_mode) for path in machine.backups.iterdir()}
    assert modes == {"age": 0o600, "sha256": 0o600, "journal": 0o600, "backup-lock": 0o600}
    assert stat.S_IMODE(machine.backups.stat().st_mode) == 0o700


def test_without_a_key_there_is_no_backup(machine: Machine, settings: Settings) -> None:
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(BackupError, match="BACKUP_RECIPIENTS is not set"):
        make_backup()


@AS_ROOT
def test_a_full_disk_leaves_the_earlier_backups(machine: Machine, small_disk: Path, settings: Settings) -> None:
    first = make_backup().archive
    for path in (first, sum_file(first)):
        shutil.copy(path, small_disk)
    settings.BACKUP_DIR = small_disk
    (machine.media / "images").mkdir(parents=True)
    (machine.media / "images" / "large").write_bytes(os.urandom(3_000_000))
    with pytest.raises(BackupError, match=r"could not be written into .*small: No space left on device\. The earlier"):
        make_backup()
    assert archives(small_disk) == [small_disk / first.name]
    require_whole(small_disk / first.name)
    assert not [path for path in small_disk.iterdir() if path.suffix == ".part"]


def test_half_a_backup_is_none_and_goes_with_the_next(machine: Machine) -> None:
    """It is killed while it waits for a table that somebody has locked."""
    with connect(machine.database) as other:
        other.autocommit = False
        other.execute("LOCK TABLE accounts_account IN ACCESS EXCLUSIVE MODE")
        process = machine.start("backup")
        wait_for(lambda: machine.backups.is_dir() and any(machine.backups.glob("*.part")))
        process.kill()
        process.communicate()
        other.rollback()
    assert archives(machine.backups) == []
    archive = make_backup().archive
    assert archives(machine.backups) == [archive]
    assert not list(machine.backups.glob("*.part"))


def test_one_at_a_time(machine: Machine) -> None:
    with locked(backup_folder()), pytest.raises(BackupError, match="Another backup is at work"):
        make_backup()


def test_old_ones_go_when_a_new_one_is_there(machine: Machine, settings: Settings) -> None:
    settings.BACKUP_KEEP_DAYS = 3
    made = []
    for day in (1, 2, 4, 5):
        with time_machine.travel(f"2026-11-0{day}T02:30:00Z", tick=False):
            made.append(make_backup().archive)
    assert archives(machine.backups) == made[1:]
    assert not sum_file(made[0]).exists()
    with time_machine.travel("2026-12-24T02:30:00Z", tick=False):
        settings.BACKUP_RECIPIENTS = []
        with pytest.raises(BackupError):
            make_backup()
    assert archives(machine.backups) == made[1:]


def test_the_administrators_program_gets_the_files_and_no_secret(machine: Machine, copier: Path) -> None:
    archive = make_backup().archive
    assert (copier / "copied").read_text().split() == [
        str(archive),
        str(sum_file(archive)),
        str(machine.backups / "journal"),
    ]
    names = {line.partition("=")[0] for line in (copier / "env").read_text().splitlines()}
    assert names <= {"PATH", "HOME", "PWD", "SHLVL", "_", "OLDPWD"}


def test_a_copy_that_fails_keeps_the_backup_and_is_no_success(
    machine: Machine, copier: Path, settings: Settings
) -> None:
    settings.BACKUP_KEEP_DAYS = 2
    with time_machine.travel("2026-11-01T02:30:00Z", tick=False):
        old = make_backup().archive
    (copier / "status").write_text("23")
    (machine.folder / "backup-state.json").unlink()
    with pytest.raises(NotCopiedError, match="ended with 23"):
        make_backup()
    assert archives(machine.backups)[0] == old
    assert len(archives(machine.backups)) == 2
    assert not (machine.folder / "backup-state.json").exists()
    settings.BACKUP_COPY_COMMAND = copier / "missing"
    with pytest.raises(NotCopiedError, match="cannot be run: No such file or directory"):
        make_backup()


def test_the_command_tells_both_failures_apart(machine: Machine, copier: Path) -> None:
    (copier / "status").write_text("1")
    machine.environment["BACKUP_COPY_COMMAND"] = str(copier / "copy")
    assert "ended with 1: nothing was copied away." in machine.refusal("backup", status=3)
    machine.environment["BACKUP_RECIPIENTS"] = ""
    assert machine.refusal("backup").startswith("BACKUP_RECIPIENTS is not set")


def test_a_database_that_is_away_is_named_without_its_password(machine: Machine) -> None:
    machine.environment["DATABASE_URL"] = "postgresql://somebody:geheim@127.0.0.1:1/nothing"
    said = machine.refusal("backup")
    assert said.startswith("The database does not answer (DATABASE_URL): ")
    assert "geheim" not in said


def test_a_new_key_is_printed_as_age_keygen_does(machine: Machine) -> None:
    first, second = machine.well("backup", "--new-key").splitlines()
    assert first.startswith("# public key: age1")
    assert second.startswith("AGE-SECRET-KEY-1")
    assert new_key() != new_key()
