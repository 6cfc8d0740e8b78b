"""From one machine to another: everything that was backed up is there, and what must be dead is dead."""

import shutil
import stat

import pytest
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from tests.backup.conftest import Machine
from tests.backup.databases import content_of, looking_at, schema_of
from tests.helpers.factories import PASSWORD, PESELS
from tests.helpers.whole_person import whole_person

pytestmark = pytest.mark.fault

# What a restore changes on purpose: sessions, links, the queues of e-mails and of jobs, mailings that were being sent,
# and the event that says so.
CHANGED = {
    "accounts_link",
    "accounts_session",
    "audit_event",
    "mail_email",
    "mailings_mailing",
    "procrastinate_events",
    "procrastinate_jobs",
}


@pytest.mark.real_hashes
def test_everything_comes_back_and_what_must_be_dead_is_dead(machine: Machine, other_machine: Machine) -> None:
    account = whole_person(keep_forms=True)
    issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(account)
    (machine.media / "images").mkdir(parents=True)
    (machine.media / "images" / "żółw.png").write_bytes(b"picture" * 100_000)
    before, schema = content_of(machine.database), schema_of(machine.database)
    rows = sum(len(table) for table in before.values())

    said = machine.well("backup")

    assert f"{rows} rows, 1 files of media." in said
    archive, beside = sorted(path for path in machine.backups.iterdir() if path.name.startswith("egzaminator-"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in (machine.backups, archive, beside)] == [0o700, 0o600, 0o600]
    copied = shutil.copytree(machine.backups, other_machine.folder / "copied") / archive.name
    said = other_machine.well("restore", str(copied), "--identity", str(machine.key_file))

    assert f"  - {rows} rows of {len(before)} tables are there.\n" in said
    after = content_of(other_machine.database)
    assert set(after) == set(before)
    assert {table for table in before if after[table] != before[table]} - {"cache"} == CHANGED
    assert schema_of(other_machine.database) == schema
    assert (other_machine.media / "images" / "żółw.png").read_bytes() == b"picture" * 100_000
    assert content_of(machine.database) == before  # nothing happened to the one that was backed up
    with looking_at(other_machine.database):
        assert browser.get("/konto/").status_code == 302  # logged out
        logged_in = browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
        assert (logged_in.status_code, logged_in["Location"]) == (302, "/konto/logowanie/drugi-krok/")
        assert not Link.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()).exists()
        assert set(Email.objects.values_list("state", flat=True)) <= {
            DeliveryState.HELD,
            DeliveryState.REJECTED,
            DeliveryState.ACCEPTED,
        }
        assert not Mailing.objects.filter(state__in=[MailingState.PLANNED, MailingState.SENDING]).exists()
        assert Event.objects.filter(tag=Tag.DATABASE_RESTORED).count() == 1
