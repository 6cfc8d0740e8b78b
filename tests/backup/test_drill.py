import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document

from egzaminator.backup.drill import drill
from egzaminator.backup.errors import BackupError
from egzaminator.backup.make import make_backup
from egzaminator.cms.domain.load_pages import load_pages
from egzaminator.core.encryption import IndexKeyChangedError
from egzaminator.mail.models import Email
from egzaminator.register.models import Examiner
from egzaminator.runtime.maintenance import begin_maintenance
from tests.backup.conftest import Machine
from tests.backup.databases import connect, content_of, database_names
from tests.faults.workers import wait_for
from tests.helpers.whole_person import whole_person

pytestmark = pytest.mark.slow


@pytest.fixture
def archive(machine: Machine) -> Path:
    whole_person()
    load_pages()
    name = default_storage.save("documents/wzor.pdf", ContentFile(b"pdf"))
    Document.objects.create(title="Wzór", file=name)
    return make_backup().archive


def test_it_restores_counts_opens_and_asks_and_leaves_nothing(archive: Path, keys: list[Any], machine: Machine) -> None:
    before, emails = content_of(machine.database), Email.objects.count()
    found = drill(archive, keys=keys)
    files = sum(path.is_file() for path in machine.media.rglob("*"))
    assert (found.rows, found.files, found.pages) == (sum(map(len, before.values())), files, 2)
    assert set(found.values) == {"t1"}
    assert found.values["t1"] >= 5
    assert f"{machine.database}_drill" not in database_names()
    assert {path.name for path in machine.backups.iterdir()} == {
        *(".backup-lock", ".drill-lock", "journal", archive.name, f"{archive.name}.sha256")
    }
    assert content_of(machine.database) == before
    assert Email.objects.count() == emails
    assert connection.settings_dict["NAME"] == machine.database
    assert set(json.loads((machine.folder / "backup-state.json").read_text())) == {"last_backup", "last_drill"}


def test_a_closed_site_is_not_asked(archive: Path, keys: list[Any], machine: Machine) -> None:
    begin_maintenance()
    assert drill(archive, keys=keys).pages == 0


def failing(archive: Path, keys: list[Any], machine: Machine, says: str) -> None:
    state = machine.folder / "backup-state.json"
    before = state.read_text()
    with pytest.raises(BackupError, match=says):
        drill(archive, keys=keys)
    assert state.read_text() == before
    assert f"{machine.database}_drill" not in database_names()
    assert not (machine.backups / "drill").exists()


def test_a_value_that_does_not_open_is_found(machine: Machine, keys: list[Any]) -> None:
    whole_person()
    Examiner.objects.update(pesel_encrypted=b"\x01\x02t9" + bytes(40))
    failing(make_backup().archive, keys, machine, "A value of register.examiner.pesel does not open with the key t9")


def test_media_that_were_not_backed_up_are_found(machine: Machine, keys: list[Any], settings: Settings) -> None:
    name = default_storage.save("documents/wzor.pdf", ContentFile(b"pdf"))
    Document.objects.create(title="Wzór", file=name)
    settings.MEDIA_ROOT = machine.folder / "elsewhere"
    archive = make_backup().archive
    settings.MEDIA_ROOT = machine.media
    failing(archive, keys, machine, "The archive lacks media that the site has, such as documents/wzor.pdf")


def test_another_index_key_is_found(archive: Path, keys: list[Any], machine: Machine, settings: Settings) -> None:
    settings.BLIND_INDEX_KEY = bytes(range(32))
    with pytest.raises(IndexKeyChangedError, match="BLIND_INDEX_KEY is not the key"):
        drill(archive, keys=keys)
    assert f"{machine.database}_drill" not in database_names()


@pytest.mark.fault
def test_a_killed_drill_leaves_nothing_that_the_next_does_not_remove(
    archive: Path, keys: list[Any], machine: Machine
) -> None:
    scratch = f"{machine.database}_drill"
    process = machine.start("restore", "--drill", "--identity", str(machine.key_file))
    wait_for(lambda: scratch in database_names(), seconds=120)
    process.kill()
    process.communicate()
    assert scratch in database_names()
    said = machine.well("restore", "--drill", "--identity", str(machine.key_file))
    assert f"{archive.name}, made " in said
    assert "The scratch is removed." in said
    assert scratch not in database_names()


def test_a_role_that_may_not_make_databases_is_told_what_to_do(archive: Path, machine: Machine) -> None:
    with connect(machine.database) as other:
        other.execute("DROP ROLE IF EXISTS without_createdb")
        other.execute("CREATE ROLE without_createdb LOGIN")
    try:
        url = os.environ.get("DATABASE_URL", "")
        assert "without_createdb" not in url
        settings = connection.settings_dict
        machine.environment["DATABASE_URL"] = (
            f"postgresql:///{machine.database}?host={settings['HOST']}&port={settings['PORT']}&user=without_createdb"
        )
        said = machine.refusal("restore", "--drill", "--identity", str(machine.key_file))
        assert "sudo -u postgres psql -c 'ALTER ROLE without_createdb CREATEDB'" in said
    finally:
        with connect(machine.database) as other:
            other.execute("DROP ROLE without_createdb")


def test_the_command_names_what_is_missing(machine: Machine) -> None:
    assert machine.refusal("restore", "--drill", "--identity", str(machine.key_file)).startswith(
        "There is no backup in"
    )
    assert machine.refusal("restore", "x.age", "--identity", "/nothing") == (
        "The key file /nothing cannot be read: No such file or directory.\n"
    )
    assert machine.refusal("restore", "x.age") == (
        "Name the file with the private key: --identity FILE, or --identity - for stdin.\n"
    )
