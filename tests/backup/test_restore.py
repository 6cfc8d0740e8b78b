import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from egzaminator.backup.age import encrypting, new_key, read_private_keys
from egzaminator.backup.archive import Manifest, opened, written
from egzaminator.backup.errors import BackupError
from egzaminator.backup.folder import open_private, sum_file, write_sum
from egzaminator.backup.make import make_backup
from egzaminator.backup.restore import restore
from egzaminator.backup.targets import put_back, set_aside
from egzaminator.runtime.restoring import require_whole_database
from tests.backup.conftest import Machine
from tests.backup.databases import connect, content_of, is_connected, looking_at
from tests.faults.workers import wait_for
from tests.helpers.factories import make_account, make_examiner

pytestmark = pytest.mark.slow


@pytest.fixture
def archive(machine: Machine) -> Path:
    make_account(make_examiner(numbers=("A-1",)))
    machine.media.mkdir()
    (machine.media / "picture").write_bytes(b"picture")
    return make_backup().archive


@pytest.fixture
def there(archive: Path, other_machine: Machine, settings: Settings) -> Iterator[Machine]:
    """The other machine, on which this process works now."""
    settings.DATA_DIR = other_machine.folder
    settings.MEDIA_ROOT, settings.BACKUP_DIR = other_machine.media, other_machine.backups
    with looking_at(other_machine.database):
        yield other_machine


def refused(archive: Path, keys: list[Any], *, says: str, replace: str = "") -> None:
    """Try to restore, in vain."""
    with pytest.raises(BackupError, match=says):
        restore(archive, keys=keys, replace=replace, journal=archive.parent / "journal")


def forged(archive: Path, keys: list[Any], machine: Machine, *, pieces: int = 10**9, **changes: Any) -> Path:
    """Write an archive anew: with a shorter dump, or another manifest. Whoever has the keys can."""
    target = archive.with_name("egzaminator-20261127T000000Z.tar.age")
    with opened(archive, keys=keys) as reader, open_private(target) as file:
        dump = b"".join(reader.database())[:pieces]
        with encrypting(file, recipients=[machine.public_key]) as encrypted, written(encrypted) as writer:
            writer.add_manifest(Manifest(**asdict(replace(reader.manifest, **changes))))
            (archive.parent / "dump").write_bytes(dump)
            with (archive.parent / "dump").open("rb") as again:
                writer.add_database(again)
    digest = subprocess.run(["sha256sum", target], capture_output=True, text=True, check=True).stdout.split()[0]
    write_sum(target, digest=digest)
    return target


def test_a_wrong_key_is_refused(archive: Path, there: Machine) -> None:
    refused(archive, read_private_keys(new_key()[0]), says="The key does not open the archive")


def test_other_encryption_keys_are_refused_before_anything(
    archive: Path, keys: list[Any], there: Machine, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = {"t1": bytes(range(32))}
    refused(archive, keys, says="made by somebody else, or with another key than the t1 of ENCRYPTION_KEYS")
    settings.ENCRYPTION_KEYS = {"t2": bytes(range(32))}
    refused(archive, keys, says="ENCRYPTION_KEYS lacks the key t1")


@pytest.mark.parametrize(("length", "flipped"), [(-1, None), (100_000, None), (0, None), (None, 70_000), (None, 3)])
def test_damage_is_found_before_anything(
    archive: Path, keys: list[Any], there: Machine, length: int | None, flipped: int | None
) -> None:
    content = bytearray(archive.read_bytes()[:length])
    if flipped is not None:
        content[flipped] ^= 1
    archive.write_bytes(content)
    refused(archive, keys, says="is damaged or cut off: its checksum is another")
    assert content_of(there.database) == {}


def test_an_archive_comes_with_its_checksum(archive: Path, keys: list[Any], there: Machine) -> None:
    sum_file(archive).write_text("0" * 64 + f"  {archive.name}\n")  # as sha256sum would write it, without the seal
    refused(archive, keys, says="is no checksum of ours")
    sum_file(archive).unlink()
    refused(archive, keys, says="cannot be read: No such file or directory. An archive and its checksum")


def test_what_was_backed_up_after_a_rollback_is_restored(
    archive: Path, keys: list[Any], machine: Machine, there: Machine
) -> None:
    with opened(archive, keys=keys) as reader:
        migrations = [*reader.manifest.migrations, "mail.0999_future"]
    wider = forged(archive, keys, machine, migrations=migrations)

    report = restore(wider, keys=keys, replace="", journal=archive.parent / "no-journal")

    assert report.well[0].endswith(" tables are there.")


def test_a_newer_release_is_named(archive: Path, keys: list[Any], machine: Machine, there: Machine) -> None:
    newer = forged(archive, keys, machine, version="9.8.7", migrations=["mail.0999_future"])
    refused(
        newer, keys, says=r"made by Egzaminator 9\.8\.7, whose database has what .* does not know \(mail.0999_future\)"
    )
    newer = forged(archive, keys, machine, postgresql=99)
    refused(newer, keys, says=r"comes from PostgreSQL 99, and this server is \d+\.")
    newer = forged(archive, keys, machine, format=2, version="9.8.7")
    refused(newer, keys, says="in a form that this release does not know. Install that release")


def test_what_is_there_is_replaced_only_when_its_name_is_typed(archive: Path, keys: list[Any], there: Machine) -> None:
    with connect(there.database) as other:
        other.execute("CREATE TABLE precious (id int)")
    for name in ("", "egzaminator", there.database.upper()):
        refused(archive, keys, replace=name, says=f"There is something already: 1 tables .* --replace {there.database}")
    assert content_of(there.database) == {"precious": []}
    restore(archive, keys=keys, replace=there.database, journal=archive.parent / "journal")
    assert "precious" not in content_of(there.database)
    assert len(content_of(there.database)["accounts_account"]) == 1


def test_media_alone_are_something_too(archive: Path, keys: list[Any], there: Machine) -> None:
    there.media.mkdir()
    (there.media / "mine").write_bytes(b"mine")
    refused(archive, keys, says="There is something already: 0 tables and the like in the database .*, files in")
    assert (there.media / "mine").read_bytes() == b"mine"


def test_nobody_else_may_be_connected(archive: Path, keys: list[Any], there: Machine) -> None:
    with connect(there.database):
        refused(archive, keys, says="1 other connections to the database .* are open. Stop the web server")


@pytest.mark.parametrize("kind", ["a dump that ends too early", "rows that are not there"])
def test_if_it_fails_what_was_there_before_is_there_again(
    archive: Path, keys: list[Any], machine: Machine, there: Machine, kind: str
) -> None:
    with connect(there.database) as other:
        other.execute("CREATE TABLE precious AS SELECT 1 AS id")
    there.media.mkdir()
    (there.media / "mine").write_bytes(b"mine")
    if kind == "rows that are not there":
        broken = forged(archive, keys, machine, rows={"accounts_account": 5})
        says = "does not have the rows that the archive was made with"
    else:
        broken = forged(archive, keys, machine, pieces=150_000)
        says = "pg_restore failed: "
    refused(broken, keys, replace=there.database, says=says)
    assert content_of(there.database) == {"precious": ["(1)"]}
    assert [path.name for path in there.media.iterdir()] == ["mine"]
    assert not list(there.folder.glob("media.*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system takes root")
def test_a_full_disk_changes_nothing(
    archive: Path, keys: list[Any], machine: Machine, there: Machine, settings: Settings
) -> None:
    small = there.folder / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=True)
    try:
        with opened(archive, keys=keys) as reader:
            assert reader.manifest.rows["accounts_account"] == 1
        (machine.media / "picture").write_bytes(os.urandom(100_000))
        settings.MEDIA_ROOT = machine.media
        with looking_at(machine.database):
            settings.BACKUP_DIR = machine.backups
            large = make_backup().archive
        settings.MEDIA_ROOT = small / "media"
        refused(large, keys, says=r"The media could not be written into .*: No space left on device\. Make room")
        assert content_of(there.database) == {}
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_after_a_kill_nothing_starts_until_it_is_done_or_undone(archive: Path, keys: list[Any], there: Machine) -> None:
    with connect(there.database) as other:
        other.execute("CREATE TABLE precious (id int)")
    set_aside()  # and here it was killed
    with pytest.raises(CommandError, match="A restore of this database was begun and has not ended"):
        require_whole_database()
    with pytest.raises(CommandError, match="A restore of this database was begun"):
        call_command("worker", insecure_test_machine=True)
    with pytest.raises(CommandError, match="A restore of this database was begun"):
        make_backup()
    restore(archive, keys=keys, replace=there.database, journal=archive.parent / "journal")
    require_whole_database()
    set_aside()
    assert put_back()
    assert not put_back()
    assert len(content_of(there.database)["accounts_account"]) == 1


@pytest.mark.fault
def test_a_killed_restore_is_undone(archive: Path, machine: Machine, other_machine: Machine) -> None:
    with connect(other_machine.database) as other:
        other.execute("CREATE TABLE precious AS SELECT 1 AS id")
        process = other_machine.start(
            *("restore", str(archive), "--identity", str(machine.key_file), "--replace", other_machine.database)
        )
        assert "1 other connections" in process.communicate()[1]
    process = other_machine.start(
        *("restore", str(archive), "--identity", str(machine.key_file), "--replace", other_machine.database)
    )
    wait_for(lambda: is_connected("pg_restore", other_machine.database), seconds=120)
    process.kill()
    process.communicate()
    assert "A restore of this database was begun" in other_machine.refusal("worker", "--insecure-test-machine")[-300:]
    assert other_machine.well("restore", "--undo") == "What was there before is there again.\n"
    assert content_of(other_machine.database) == {"precious": ["(1)"]}
    assert other_machine.well("restore", "--undo") == "There was nothing to undo.\n"


def test_a_restored_database_can_be_backed_up_and_restored_again(
    archive: Path, keys: list[Any], machine: Machine, there: Machine
) -> None:
    restore(archive, keys=keys, replace="", journal=archive.parent / "journal")
    second = make_backup().archive
    shutil.rmtree(there.media)
    restore(second, keys=keys, replace=there.database, journal=second.parent / "journal")
    assert (there.media / "picture").read_bytes() == b"picture"
    assert len(content_of(there.database)["accounts_account"]) == 1
