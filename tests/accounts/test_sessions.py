"""The session engine: only browsers keep keys, visits have a column, two time limits, ended sessions stay ended."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.models import Account, Session
from egzaminator.accounts.sessions import PRECISION, SessionStore, digest_of
from tests.helpers.factories import make_account, make_examiner

pytestmark = pytest.mark.django_db
START = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def started(account: Account | None = None, **data: str) -> str:
    """Start a session and return its key."""
    store = SessionStore()
    store.update(data | ({SESSION_KEY: str(account.pk)} if account else {}))
    store.save()
    assert store.session_key is not None
    return store.session_key


def is_alive(key: str) -> bool:
    return SessionStore(key).get(SESSION_KEY) is not None


def test_the_table_holds_no_key(account: Account) -> None:
    key = started(account)
    session = Session.objects.get()
    assert session.session_key == digest_of(key)
    assert len(session.session_key) == 40
    assert key not in str(vars(session))
    assert not is_alive(session.session_key)


def test_a_session_is_kept_and_found(account: Account) -> None:
    store = SessionStore(started(account, device="Firefox", ip="192.0.2.1"))
    assert dict(store.items()) == {SESSION_KEY: str(account.pk), "device": "Firefox", "ip": "192.0.2.1"}
    session = Session.objects.get()
    assert (session.account, session.device, session.ip) == (account, "Firefox", "192.0.2.1")
    assert (store.exists(store.session_key or ""), store.exists("x" * 32)) == (True, False)


def test_a_key_that_is_taken_is_said_to_be(account: Account) -> None:
    with pytest.raises(CreateError):
        SessionStore(started(account)).save(must_create=True)


def test_a_visit_is_noted_once_a_minute_and_nothing_else_is_written(
    account: Account, clock: time_machine.Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = started(account)
    clock.shift(PRECISION - datetime.timedelta(seconds=1))
    with django_assert_num_queries(1):
        assert is_alive(key)
    assert Session.objects.get().last_seen_at == START
    clock.shift(1)
    with django_assert_num_queries(2) as queries:
        assert is_alive(key)
    assert "session_data" not in queries[-1]["sql"]
    session = Session.objects.get()
    assert (session.began_at, session.last_seen_at) == (START, START + PRECISION)
    assert session.expire_date == START + PRECISION + datetime.timedelta(hours=1)


def test_saving_neither_prolongs_nor_makes_a_visit(account: Account, clock: time_machine.Traveller) -> None:
    store = SessionStore(started(account))
    store["more"] = "data"
    clock.shift(MINUTE * 30)
    store.save()
    session = Session.objects.get()
    assert (session.last_seen_at, session.expire_date) == (START, START + MINUTE * 60)
    assert SessionStore(store.session_key)["more"] == "data"


def test_ends_when_nobody_comes_for_an_hour(account: Account, clock: time_machine.Traveller) -> None:
    key = started(account)
    clock.shift(MINUTE * 59)
    assert is_alive(key)
    clock.shift(MINUTE * 59)
    assert is_alive(key)
    clock.shift(MINUTE * 60)
    assert not is_alive(key)


def test_ends_at_last_however_often_somebody_comes(
    account: Account, clock: time_machine.Traveller, settings: Settings
) -> None:
    settings.SESSION_COOKIE_AGE = 4 * 60 * 60
    key = started(account)
    for _ in range(5):
        clock.shift(MINUTE * 45)
        assert is_alive(key)
    clock.shift(MINUTE * 14)
    assert is_alive(key)
    clock.shift(MINUTE)
    assert not is_alive(key)


def test_who_is_not_logged_in_loses_nothing_by_idleness(clock: time_machine.Traveller) -> None:
    key = started(scope="a form")
    clock.shift(MINUTE * 60 * 11)
    assert SessionStore(key)["scope"] == "a form"
    assert Session.objects.get().last_seen_at == START
    clock.shift(MINUTE * 60)
    assert SessionStore(key).get("scope") is None


def test_an_ended_session_is_not_saved_back(account: Account) -> None:
    store = SessionStore(started(account))
    store["more"] = "data"
    end_sessions(account=account)
    with pytest.raises(UpdateError):
        store.save()
    assert Session.objects.count() == 0


def test_an_ended_session_gets_no_new_key(account: Account) -> None:
    store = SessionStore(started(account))
    assert store[SESSION_KEY] == str(account.pk)
    end_sessions(account=account)
    with pytest.raises(SessionInterrupted):
        store.cycle_key()
    assert Session.objects.count() == 0


def test_a_session_ended_between_its_new_key_and_its_saving_stays_ended(account: Account) -> None:
    store = SessionStore(started(account))
    store.cycle_key()
    end_sessions(account=account)
    with pytest.raises(UpdateError):
        store.save()
    assert Session.objects.count() == 0


def test_a_visit_does_not_bring_an_ended_session_back(
    account: Account, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session is ended between reading its row and recording the visit."""
    key = started(account)
    clock.shift(MINUTE * 2)

    def ending(session: Session, *, visited_at: datetime.datetime) -> datetime.datetime:
        end_sessions(account=account)
        return visited_at

    monkeypatch.setattr("egzaminator.accounts.sessions._end_of", ending)
    assert not is_alive(key)
    assert Session.objects.count() == 0


def test_a_new_key_keeps_who_is_logged_in_and_since_when(account: Account, clock: time_machine.Traveller) -> None:
    before = started(account)
    clock.shift(MINUTE)
    store = SessionStore(before)
    store.cycle_key()
    store.save()
    assert (is_alive(before), is_alive(store.session_key or "")) == (False, True)
    assert Session.objects.get().began_at == START


def test_the_time_of_a_session_begins_at_login(account: Account, clock: time_machine.Traveller) -> None:
    before = started(scope="a form")
    clock.shift(MINUTE * 60 * 11)
    store = SessionStore(before)
    store.cycle_key()
    store[SESSION_KEY] = str(account.pk)
    store.save()
    session = Session.objects.get()
    assert (session.began_at, session.expire_date - timezone.now()) == (timezone.now(), MINUTE * 60)
    assert SessionStore(before).get("scope") is None


def test_a_session_that_is_deleted_is_gone(account: Account) -> None:
    store = SessionStore(started(account))
    other = started(account)
    store.delete(other)
    assert (is_alive(other), Session.objects.count()) == (False, 1)
    store.flush()
    assert (store.session_key, Session.objects.count()) == (None, 0)
    store.delete()


def test_all_sessions_of_one_account_are_ended_but_the_one_to_keep(account: Account) -> None:
    other = make_account(make_examiner(pesel=None, identifier="X", identifier_key="x", numbers=()))
    kept, ended, others = started(account), started(account), started(other)
    assert end_sessions(account=account, keep=digest_of(kept)) == 1
    assert [is_alive(key) for key in (kept, ended, others)] == [True, False, True]
    assert end_sessions(account=account) == 1
    assert [is_alive(key) for key in (kept, others)] == [False, True]
