import datetime
import uuid
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.backup.folder import backup_folder, name_of
from egzaminator.backup.journal import Entry, journal_file, read_journal, update_journal
from egzaminator.core.encryption import newest_key_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"


def entries() -> list[Entry]:
    journal = read_journal(journal_file(backup_folder()))
    assert journal is not None
    return journal.entries


def test_it_has_the_ids_of_what_a_restore_must_know_and_nothing_else() -> None:
    subject = uuid.uuid4()
    frozen = record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, subject=subject, by=SYSTEM, reason="rozmowa telefoniczna")
    record_event(tag=Tag.LOGIN_SUCCEEDED, subject=subject)
    assert update_journal(backup_folder()) == 1
    (entry,) = entries()
    assert (entry.tag, entry.event, entry.subject) == (Tag.ACCOUNT_FROZEN_BY_STAFF, frozen.id, subject)
    content = journal_file(backup_folder()).read_text()
    assert "rozmowa" not in content
    assert len(content.splitlines()) == 3


def test_each_run_adds_what_is_new_also_if_it_was_committed_late() -> None:
    first = record_event(tag=Tag.ACCOUNT_DELETED, subject=uuid.uuid4())
    assert update_journal(backup_folder()) == 1
    assert update_journal(backup_folder()) == 0
    with time_machine.travel(timezone.now() - datetime.timedelta(minutes=50), tick=False):
        late = record_event(tag=Tag.STAFF_ENDED, subject=uuid.uuid4())
    assert update_journal(backup_folder()) == 1
    assert [entry.event for entry in entries()] == [late.id, first.id]


def test_what_every_kept_archive_knows_goes_out() -> None:
    folder, now = backup_folder(), timezone.now()
    with time_machine.travel(now - datetime.timedelta(days=10), tick=False):
        record_event(tag=Tag.ACCOUNT_DELETED, subject=uuid.uuid4())
    assert update_journal(folder) == 1
    newer = record_event(tag=Tag.ACCOUNT_DELETED, subject=uuid.uuid4())
    (folder / name_of(now - datetime.timedelta(days=5))).touch()
    assert update_journal(folder) == 1
    assert [entry.event for entry in entries()] == [newer.id]


@pytest.mark.parametrize("change", ["a line less", "another subject", "a line of somebody else's", "nothing"])
def test_a_journal_that_somebody_changed_is_none_and_is_made_anew(change: str) -> None:
    record_event(tag=Tag.ACCOUNT_DELETED, subject=uuid.uuid4())
    event = record_event(tag=Tag.ACCOUNT_FROZEN, subject=uuid.uuid4())
    update_journal(backup_folder())
    path = journal_file(backup_folder())
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        {
            "a line less": "".join([lines[0], *lines[2:]]),
            "another subject": "".join(lines).replace(str(event.subject), str(uuid.uuid4())),
            "a line of somebody else's": "".join([*lines[:2], lines[1], *lines[2:]]),
            "nothing": "",
        }[change]
    )
    assert read_journal(path) is None
    assert update_journal(backup_folder()) == 2
    assert len(entries()) == 2


def test_a_seal_holds_under_the_key_that_it_names(settings: Settings) -> None:
    record_event(tag=Tag.ACCOUNT_DELETED, subject=uuid.uuid4())
    update_journal(backup_folder())
    settings.ENCRYPTION_KEYS = {"t2": bytes(range(32)), **settings.ENCRYPTION_KEYS}
    assert newest_key_id() == "t2"
    assert len(entries()) == 1
    update_journal(backup_folder())
    settings.ENCRYPTION_KEYS = {"t2": bytes(32)}
    assert read_journal(journal_file(backup_folder())) is None
