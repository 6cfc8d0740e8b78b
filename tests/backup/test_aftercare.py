import datetime
import uuid
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import AccountState, ActKind, Barred, LinkPurpose
from egzaminator.accounts.models import Account, Link, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.backup.aftercare import Report, take_care
from egzaminator.backup.folder import backup_folder
from egzaminator.backup.journal import journal_file, update_journal
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.preferences import turn_informational
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing, Preference
from egzaminator.register.enums import ExportContent, ExportFormat, ExportState, ImportState
from egzaminator.register.models import Export, Import
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.members import end_member
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.mfa import give_totp
from tests.mailings.writing import press, write

pytestmark = pytest.mark.django_db
MADE_AT = "2026-11-27T02:30:00+00:00"


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"


def care() -> Report:
    return take_care(made_at=MADE_AT, journal=journal_file(backup_folder()))


def forget_events() -> None:
    """Make the database as old as an archive that knows of no event."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # without the trigger that forbids it
        cursor.execute("DELETE FROM audit_event")
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_sessions_links_requests_and_caches_are_gone() -> None:
    account = make_account(make_examiner(numbers=("A-1",)))
    Client().force_login(account)
    issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=account.email, language="pl")
    cache.set("used code", 1)
    report = care()
    assert not Session.objects.exists()
    assert not Link.objects.filter(withdrawn_at=None).exists()
    assert cache.get("used code") is None
    assert report.well[0] == "Everybody is logged out (1 sessions), and 1 mailed links are dead."
    assert Event.objects.get(tag=Tag.DATABASE_RESTORED).details == {"made_at": MADE_AT}


def test_queued_mail_waits_for_a_person_and_mail_with_dead_links_is_given_up(empty_queue: None) -> None:
    make_claim(make_examiner(numbers=("A-1",)))  # queues a link
    freeze_by_staff(account=make_account(make_examiner(pesel=PESELS[1])), reason="rozmowa")  # queues notices
    waiting = set(Email.objects.filter(link_digests=[]).values_list("id", flat=True))
    with_links = Email.objects.exclude(link_digests=[]).count()
    assert waiting
    assert with_links
    care()
    assert set(Email.objects.filter(state=DeliveryState.HELD).values_list("id", flat=True)) == waiting
    given_up = Email.objects.filter(state=DeliveryState.REJECTED)
    assert [email.content for email in given_up] == [None] * with_links


def test_a_mailing_that_was_being_sent_stops(empty_queue: None) -> None:
    make_examiner(numbers=("A-1",), email="anna@example.org")
    staff = make_staff()
    press(write(staff), staff)
    report = care()
    assert Mailing.objects.get().state == MailingState.PAUSED
    assert not Email.objects.filter(state=DeliveryState.QUEUED).exists()
    assert "1 messages to examiners have stopped. Letting one on may write to people a second time." in report.left


def test_what_jobs_had_begun_has_failed() -> None:
    owner = uuid.uuid4()
    for state in (ExportState.WAITING, ExportState.RUNNING):
        Export.objects.create(owner=owner, content=ExportContent.PEOPLE, format=ExportFormat.CSV, state=state)
    for one in (ImportState.CHECKING, ImportState.UNDOING, ImportState.APPLIED):
        Import.objects.create(state=one)
    report = care()
    assert set(Export.objects.values_list("state", flat=True)) == {ExportState.FAILED}
    assert sorted(Import.objects.values_list("state", flat=True)) == ["applied", "failed", "failed"]
    assert "2 exports and 2 imports that were at work have failed: ask for them again." in report.well


def test_acts_that_wait_are_over_because_somebody_may_have_objected_since() -> None:
    account, member = make_account(make_examiner(numbers=("A-1",))), make_staff()
    give_totp(account)
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="telefon", member=member)
    Act.objects.filter(pk=act.id).update(alone_at=timezone.now() + datetime.timedelta(hours=1))
    care()
    act = Act.objects.get()
    assert act.alone_at is None
    assert not act.is_waiting


def test_deletions_freezes_and_refusals_are_done_again() -> None:
    administrator = make_staff(roles=[Role.ADMINISTRATOR])
    gone, frozen = make_account(make_examiner(numbers=("A-1",))), make_account(make_examiner(pesel=PESELS[1]))
    left, refusing = make_staff(email="ewa@oke.example"), make_examiner(pesel=PESELS[2], numbers=("B-2",))
    by = Actor(administrator.id)
    copy = Account.objects.get(pk=gone.pk)
    freeze_by_staff(account=frozen, reason="rozmowa telefoniczna")
    end_member(member=left, by=by)
    turn_informational(examiner_id=refusing.id, on=False, by=by, subject=refusing.id)
    delete_account(account=gone, reason="asked-for")
    update_journal(backup_folder())
    events = set(Event.objects.exclude(staff_text=None).values_list("id", flat=True))
    # The database is restored: it is as it was before all that.
    forget_events()
    copy.save(force_insert=True)
    fields = {"state": AccountState.ACTIVE, "barred_by": "", "barred_at": None, "is_active": True}
    Account.objects.filter(pk__in=[frozen.pk, left.pk]).update(**fields)
    Preference.objects.update(informational_off_at=None)

    report = care()

    assert (
        "Done again: 1 deletions of accounts, 1 freezes, 1 ends of staff accounts, 1 refusals of informational e-mails."
        in report.well
    )
    assert not Account.objects.filter(pk=gone.pk).exists()
    assert Account.objects.get(pk=frozen.pk).barred_by == Barred.STAFF
    assert Account.objects.get(pk=left.pk).state == AccountState.CLOSED
    assert Preference.objects.get().informational_off_at is not None
    assert events <= set(Event.objects.values_list("id", flat=True))
    assert "Done again: 0 deletions of accounts, 0 freezes" in "".join(care().well)


def test_what_the_database_knows_is_not_done_again() -> None:
    account = make_account(make_examiner(numbers=("A-1",)))
    freeze_by_staff(account=account, reason="rozmowa telefoniczna")
    Account.objects.update(state=AccountState.ACTIVE, barred_by="", barred_at=None, is_active=True)  # given back
    update_journal(backup_folder())
    care()
    assert Account.objects.get().state == AccountState.ACTIVE


def test_the_list_says_what_a_person_has_to_look_at_and_what_cannot_be_known() -> None:
    account = make_account(make_examiner(numbers=("A-1",)))
    Event.objects.create(tag=Tag.PASSWORD_CHANGED, subject=account.id)
    update_journal(backup_folder())
    forget_events()
    left = care().left
    assert f"Accounts whose password was changed since: the old one opens them again: {account.id}." in left
    assert any("when the journal ends, cannot be known" in line for line in left)
    journal_file(backup_folder()).unlink()
    assert any(line.startswith("There is no journal at") for line in care().left)
