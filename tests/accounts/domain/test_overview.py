import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.email_change import request_email_change
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.domain.overview import Overview, overview_of
from egzaminator.accounts.models import Account, ProfileChange, Session
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.register.enums import EntryState
from tests.helpers.factories import PASSWORD, PESELS, add_entry, examiner_of, make_account, make_examiner
from tests.helpers.mail import queue_example

pytestmark = pytest.mark.django_db
MOMENT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner(numbers=("A-1",)))


def log_in(account: Account, at: datetime.datetime, name: str) -> None:
    """Log in to an account: the event, and a moment later the session, as a request does it."""
    with time_machine.travel(at, tick=False):
        record_event(tag=Tag.LOGIN_SUCCEEDED, subject=account.id)
    began_at, end = at + datetime.timedelta(milliseconds=20), at + datetime.timedelta(days=1)
    Session.objects.create(session_key=name, account=account, began_at=began_at, expire_date=end)


def write(account: Account, at: datetime.datetime, kind: EmailKind = EmailKind.PASSWORD_CHANGED) -> None:
    with time_machine.travel(at, tick=False):
        queue_example(kind, to=recipient_of(account), related_id=account.id)


def state_at(moment: datetime.datetime, account: Account, own: str) -> Overview:
    with time_machine.travel(moment, tick=False):
        return overview_of(account=account, own=own)


def test_the_previous_login_is_the_one_before_the_sessions_own(account: Account) -> None:
    log_in(account, MOMENT, "first")
    assert state_at(MOMENT + MINUTE, account, "first").previous_login is None
    log_in(account, MOMENT + 10 * MINUTE, "second")
    log_in(make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",))), MOMENT + 11 * MINUTE, "another's")
    log_in(account, MOMENT + 20 * MINUTE, "third")
    now = MOMENT + 30 * MINUTE
    previous = [state_at(now, account, own).previous_login for own in ("first", "second", "third", "ended meanwhile")]
    assert previous == [None, MOMENT, MOMENT + 10 * MINUTE, None]


def test_new_are_the_owners_emails_since_the_previous_login(account: Account) -> None:
    write(account, MOMENT)
    log_in(account, MOMENT + MINUTE, "first")
    assert state_at(MOMENT + 2 * MINUTE, account, "first").new_emails == 0
    write(account, MOMENT + 2 * MINUTE)
    write(account, MOMENT + 3 * MINUTE, EmailKind.ACCOUNT_FROZEN)  # to the board
    write(make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",))), MOMENT + 3 * MINUTE)
    log_in(account, MOMENT + 5 * MINUTE, "second")
    write(account, MOMENT + 6 * MINUTE, EmailKind.NEW_DEVICE)
    state = state_at(MOMENT + 7 * MINUTE, account, "second")
    assert state.new_emails == 2
    assert state.last_email is not None
    assert (state.last_email.kind, state.last_email.created_at) == (EmailKind.NEW_DEVICE, MOMENT + 6 * MINUTE)


def test_knows_what_was_changed_last_and_where_else_somebody_is_logged_in(account: Account) -> None:
    log_in(account, MOMENT, "ours")
    log_in(account, MOMENT, "theirs")
    for at in (MOMENT, MOMENT - MINUTE):
        ProfileChange.objects.create(account=account, field="locality", old="Śrem", new="Poznań", at=at)
    for tag, minutes in ((Tag.PASSWORD_RESET, 1), (Tag.PASSWORD_CHANGED, 2), (Tag.LOGGED_OUT, 3)):
        with time_machine.travel(MOMENT + minutes * MINUTE, tick=False):
            record_event(tag=tag, subject=account.id)
    with time_machine.travel(MOMENT + 5 * MINUTE, tick=False):
        change = request_email_change(account=account, email="nowa@example.org", password=PASSWORD)
    state = state_at(MOMENT + 6 * MINUTE, account, "ours")
    assert (state.details_changed_at, state.password_changed_at) == (MOMENT, MOMENT + 2 * MINUTE)
    assert (state.other_sessions, state.email_change) == (1, change)


def test_entries_that_were_struck_off_are_not_among_the_active(account: Account) -> None:
    add_entry(examiner_of(account), "A-2", EntryState.STRUCK_OFF)
    state = overview_of(account=account, own="")
    assert [entry.number for entry in state.entries] == ["A-1", "A-2"]
    assert [entry.number for entry in state.active_entries] == ["A-1"]


def test_the_queries_do_not_grow_with_the_rows(
    account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def happen(number: int) -> None:
        log_in(account, MOMENT + number * MINUTE, f"session {number}")
        write(account, MOMENT + number * MINUTE)
        add_entry(examiner_of(account), f"B-{number}")
        ProfileChange.objects.create(account=account, field="locality", at=MOMENT)

    happen(0)
    happen(1)
    with time_machine.travel(MOMENT + 5 * MINUTE, tick=False):
        with CaptureQueriesContext(connection) as queries:
            overview_of(account=account, own="session 1")
        happen(2)
        happen(3)
        with django_assert_num_queries(len(queries)):
            overview_of(account=account, own="session 3")
    assert len(queries) <= 10
