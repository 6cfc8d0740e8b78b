"""What has expired is deleted, and nothing else."""

import datetime
import os
import subprocess
import sys

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.accounts import tasks as accounts_tasks
from egzaminator.accounts.domain.devices import remember_device
from egzaminator.accounts.domain.retention import (
    delete_ended_accounts,
    delete_ended_links,
    delete_ended_sessions,
    delete_unseen_devices,
    notify_before_deletion,
)
from egzaminator.accounts.models import Account, KnownDevice, Link, Session
from egzaminator.audit import tasks as audit_tasks
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.retention import delete_old_events
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.copies import delete_old_emails
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding import tasks as onboarding_tasks
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.domain.retention import delete_closed_claims, expire_claims
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import delete_ended_counters
from egzaminator.rate_limits.models import Counter
from egzaminator.register.domain.undo_retention import delete_taken_back, forget_changes
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry, Examiner, FormerValue
from egzaminator.staff.domain.members import end_member
from tests.helpers.concurrency import at_once
from tests.helpers.factories import (
    PASSWORD,
    PESELS,
    add_entry,
    examiner_of,
    make_account,
    make_claim,
    make_examiner,
    make_staff,
)
from tests.helpers.links import text_of
from tests.helpers.mfa import give_totp
from tests.panel.imported import applied, undone
from tests.register.files import ANNA, JAN
from tests.register.rows import found

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START = datetime.datetime(2026, 11, 1, 10, tzinfo=datetime.UTC)


def test_a_form_that_nobody_activated_is_closed_and_then_deleted() -> None:
    with time_machine.travel(START, tick=False) as clock:
        claim = make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=29))
        assert (expire_claims(), delete_closed_claims()) == (0, 0)
        clock.shift(datetime.timedelta(days=1))
        assert (expire_claims(), delete_closed_claims()) == (1, 0)
        claim.refresh_from_db()
        assert claim.outcome == "expired"
        clock.shift(datetime.timedelta(days=7))
        assert (expire_claims(), delete_closed_claims()) == (0, 1)
        assert Claim.objects.count() == 0


def test_links_say_for_a_month_why_they_are_dead() -> None:
    with time_machine.travel(START, tick=False) as clock:
        make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=36))
        assert delete_ended_links() == 0
        clock.shift(datetime.timedelta(days=1))
        assert delete_ended_links() == 1
        assert Link.objects.count() == 0


def test_sessions_and_counters_go_when_they_are_over() -> None:
    with time_machine.travel(START, tick=False) as clock:
        make_account(make_examiner())
        Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
            "/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}
        )
        assert (delete_ended_sessions(), delete_ended_counters()) == (0, 0)
        clock.shift(datetime.timedelta(hours=25))
        assert (delete_ended_sessions(), delete_ended_counters()) == (1, 4)
        assert (Session.objects.count(), Counter.objects.count()) == (0, 0)


def test_a_device_that_nobody_logs_in_with_is_forgotten_after_a_year() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner())
        remember_device(account=account, token="", user_agent="")
        token = remember_device(account=account, token="", user_agent="").token
        clock.shift(datetime.timedelta(days=1))
        remember_device(account=account, token=token, user_agent="")
        clock.shift(datetime.timedelta(days=364))
        assert delete_unseen_devices() == 1
        assert KnownDevice.objects.get().first_seen_at == START


def strike_off(entry: Entry, on: datetime.date) -> None:
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.STRUCK_OFF)
    Decision.objects.create(entry=entry, kind=DecisionKind.STRIKE_OFF, reference=f"S/{on}", decided_on=on)


def test_events_are_kept_for_two_years(caplog: pytest.LogCaptureFixture) -> None:
    # The database uses its own clock: only what is old today can be deleted.
    with time_machine.travel(START - datetime.timedelta(days=4 * 365), tick=False) as clock:
        record_event(tag=Tag.LOGGED_OUT)
        clock.shift(datetime.timedelta(days=730, hours=23))
        record_event(tag=Tag.LOGGED_OUT)
        assert delete_old_events() == 0
        clock.shift(datetime.timedelta(hours=1))
        audit_tasks.delete_old(0)
    assert "Retention deleted 1 events" in caplog.text
    assert list(Event.objects.order_by("at").values_list("tag", "details")) == [
        (Tag.LOGGED_OUT, {}),
        (Tag.RETENTION_DELETED, {"what": "events", "count": 1}),
    ]


def test_the_rows_of_e_mails_go_a_year_after_they_were_sent_and_those_that_wait_stay() -> None:
    with time_machine.travel(START, tick=False) as clock:
        make_claim(make_examiner(email="known@example.org"))
        notify_known_mailboxes()
        sent, _waits = Email.objects.order_by("created_at")
        Email.objects.filter(pk=sent.pk).update(state=DeliveryState.ACCEPTED, content=None, accepted_at=START)
        clock.shift(datetime.timedelta(days=364))
        assert delete_old_emails() == 0
        clock.shift(datetime.timedelta(days=1))
        assert (delete_old_emails(), Email.objects.count()) == (1, 1)


def test_who_was_struck_off_everywhere_is_told_and_the_account_goes_30_days_later(settings: Settings) -> None:
    settings.KEEP_EVENTS_DAYS = 10_000
    with time_machine.travel(START, tick=False) as clock:
        gone, stays = make_examiner(numbers=("A-1", "A-2")), make_examiner(pesel=PESELS[1], numbers=("B-1", "B-2"))
        account = make_account(gone)
        make_account(stays)
        make_staff()
        give_totp(account)
        Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
            "/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}
        )
        strike_off(gone.entries.get(number="A-1"), datetime.date(2026, 1, 1))
        strike_off(gone.entries.get(number="A-2"), datetime.date(2026, 11, 1))
        strike_off(stays.entries.get(number="B-1"), datetime.date(2020, 1, 1))
        clock.shift(datetime.timedelta(days=700))
        assert notify_before_deletion() == 0
        clock.shift(datetime.timedelta(days=3))
        assert (notify_before_deletion(), notify_before_deletion()) == (1, 0)
        notice = Email.objects.get(kind=EmailKind.DELETION_NOTICE)
        assert (notice.related_id, notice.email) == (account.id, account.email)
        assert "Najwcześniejszy dzień usunięcia konta: piątek, 3 listopada 2028." in text_of(notice)
        clock.shift(datetime.timedelta(days=29))
        assert delete_ended_accounts() == 0
        clock.shift(datetime.timedelta(days=1))
        assert delete_ended_accounts() == 1
    assert set(Account.objects.values_list("examiner", flat=True)) == {stays.id, None}
    assert Examiner.objects.count() == 2
    assert not Email.objects.filter(related_id=account.id).exists()
    event = Event.objects.get(tag=Tag.ACCOUNT_DELETED)
    assert (event.subject, event.details) == (
        account.id,
        {"reason": "struck-off", "examiner": str(account.examiner_id)},
    )


def test_who_was_told_and_has_an_active_entry_again_is_not_deleted_and_is_told_anew() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner(numbers=("A-1",)))
        entry = examiner_of(account).entries.get()
        strike_off(entry, datetime.date(2020, 1, 1))
        assert notify_before_deletion() == 1
        Entry.objects.update(state=EntryState.ACTIVE)
        clock.shift(datetime.timedelta(days=60))
        assert delete_ended_accounts() == 0
        notify_before_deletion()
        Entry.objects.update(state=EntryState.STRUCK_OFF)
        assert delete_ended_accounts() == 0
        assert notify_before_deletion() == 1
        assert delete_ended_accounts() == 0
        clock.shift(datetime.timedelta(days=30))
        assert delete_ended_accounts() == 1


@pytest.mark.django_db(transaction=True)
def test_what_an_import_is_just_changing_waits_for_the_next_night() -> None:
    """Another connection restores the entry. Until it commits, nobody may decide by the old state."""
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner(numbers=("A-1",)))
        strike_off(examiner_of(account).entries.get(), datetime.date(2020, 1, 1))
        notify_before_deletion()
        clock.shift(datetime.timedelta(days=31))
        with transaction.atomic():
            Entry.objects.update(state=EntryState.ACTIVE)
            (count,) = at_once(delete_ended_accounts)
            assert count == 0
        assert delete_ended_accounts() == 0
    assert Account.objects.count() == 1


def test_who_was_struck_off_without_a_known_day_keeps_the_account() -> None:
    examiner = make_examiner(numbers=())
    add_entry(examiner, "A-1", EntryState.STRUCK_OFF)
    make_account(examiner)
    with time_machine.travel("2080-01-01T00:00:00Z", tick=False):
        assert delete_ended_accounts() == 0


def is_refused(browser: Client, secret: str) -> bool:
    """Return whether a log-in leads back to the log-in page."""
    answer = browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": secret})
    return answer["Location"] == "/konto/logowanie/" and browser.get("/konto/")["Location"].startswith(
        "/konto/logowanie/"
    )


def test_the_dead_log_in_no_more_and_their_account_goes_half_a_year_after_they_were_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner())
        browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
        assert browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}).status_code == 302
        monkeypatch.setattr("builtins.input", lambda _: PESELS[0])
        call_command("mark_deceased", "2020-10-30", yes=True)  # counted from today all the same
        assert browser.get("/konto/").status_code == 302
        assert is_refused(browser, PASSWORD)
        assert Event.objects.get(tag=Tag.EXAMINER_DECEASED).subject == account.examiner_id
        clock.shift(datetime.timedelta(days=179))
        assert (notify_before_deletion(), delete_ended_accounts()) == (0, 0)
        clock.shift(datetime.timedelta(days=1))
        accounts_tasks.delete_accounts(0)
    assert not Account.objects.exists()
    assert not Email.objects.filter(kind=EmailKind.DELETION_NOTICE).exists()
    assert Event.objects.get(tag=Tag.ACCOUNT_DELETED).details == {
        "reason": "deceased",
        "examiner": str(account.examiner_id),
    }


def test_the_dead_have_no_first_login_either() -> None:
    examiner = make_examiner(numbers=("A-1",))
    claim = make_claim(examiner)
    mark_deceased(examiner_id=examiner.id, on=datetime.date(2026, 1, 1))
    claim.refresh_from_db()
    assert claim.outcome == "withdrawn"
    for secret in ("A-1", PASSWORD):
        browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
        assert is_refused(browser, secret)


@pytest.mark.parametrize(("day", "problem"), [("2999-01-01", "in the future"), ("2026-01-01", "no such examiner")])
def test_a_mistaken_mark_is_refused(monkeypatch: pytest.MonkeyPatch, day: str, problem: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: PESELS[0])
    with pytest.raises(CommandError, match=problem):
        call_command("mark_deceased", day)


def test_former_staff_are_kept_as_long_as_the_events_that_name_them() -> None:
    make_staff(email="ewa@oke.example")
    end_member(member=make_staff(), by=SYSTEM)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=730)):
        accounts_tasks.delete_accounts(0)
        assert Account.objects.count() == 2
    with time_machine.travel(timezone.now() + datetime.timedelta(days=731, minutes=1)):
        accounts_tasks.delete_accounts(0)
        assert Account.objects.get().email == "ewa@oke.example"
    assert Event.objects.get(tag=Tag.ACCOUNT_DELETED).details == {"reason": "left"}


def test_what_was_deleted_is_counted_and_named_by_nobodys_name(caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(START, tick=False) as clock:
        make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=31))
        onboarding_tasks.end_claims(0)
        clock.shift(datetime.timedelta(days=8))
        onboarding_tasks.end_claims(0)
    assert [record.getMessage() for record in caplog.records] == ["Retention deleted 1 forms"]
    assert Event.objects.get(tag=Tag.RETENTION_DELETED).details == {"what": "forms", "count": 1}


def test_settings_that_keep_too_little_are_refused() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=os.environ | {"KEEP_EVENTS_DAYS": "730", "KEEP_FORMS_DAYS": "0", "KEEP_DECEASED_DAYS": "soon"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert [line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]] == [
        "KEEP_EVENTS_DAYS",
        "KEEP_FORMS_DAYS",
        "KEEP_DECEASED_DAYS",
    ]


def test_what_an_import_changed_and_whom_its_undoing_took_back_go_after_their_time() -> None:
    member = make_staff()
    with time_machine.travel(START, tick=False) as clock:
        one, kept = applied(JAN, by=member), applied(ANNA, by=member)
        jan = found(JAN["pesel"])
        keep_text(text="Porównanie z pismem", subject=jan.id, by=Actor(member.pk))
        clock.shift(datetime.timedelta(days=10))
        undone(one, member)
        clock.shift(datetime.timedelta(days=19))
        assert (forget_changes(), delete_taken_back()) == (0, 0)
        clock.shift(datetime.timedelta(days=1))
        assert (forget_changes(), delete_taken_back()) == (1, 0)  # of Anna, who stays
        clock.shift(datetime.timedelta(days=9))
        assert (forget_changes(), delete_taken_back()) == (0, 0)
        clock.shift(datetime.timedelta(days=1))
        assert (forget_changes(), delete_taken_back()) == (1, 1)
    assert not Examiner.objects.filter(pk=jan.pk).exists()
    assert not FormerValue.objects.exists()
    assert not StaffText.objects.filter(subject=jan.pk).exists()
    assert one.people.get().examiner_id == jan.pk
    assert found(ANNA["pesel"]).entries.count() == 1
    assert kept.people.get().changes is None
