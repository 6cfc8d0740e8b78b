import datetime
from functools import partial

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.utils import timezone

from egzaminator.accounts.domain.sessions import end_own_sessions, end_sessions
from egzaminator.accounts.models import Account, Session
from egzaminator.accounts.sessions import PRECISION, SessionStore
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.helpers.concurrency import at_once
from tests.helpers.factories import make_account, make_examiner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 10


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


def started(account: Account) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store.save()
    Session.objects.update(last_seen_at=timezone.now() - PRECISION * 2)
    return store.session_key or ""


def save(key: str) -> None:
    store = SessionStore(key)
    if store.get(SESSION_KEY):
        store["more"] = "data"
        store.save()


def change_key(key: str) -> None:
    store = SessionStore(key)
    if store.get(SESSION_KEY):
        store.cycle_key()
        store.save()


def test_a_session_ended_while_it_is_saved_visited_and_renamed_stays_ended(account: Account) -> None:
    for _ in range(ROUNDS):
        key = started(account)
        results = at_once(
            *[partial(save, key)] * 3, *[partial(change_key, key)] * 2, partial(end_sessions, account=account)
        )
        assert Session.objects.count() == 0
        assert {type(result) for result in results[:-1]} <= {type(None), UpdateError, SessionInterrupted}
        assert results[-1] == 1


def test_visits_at_once_lose_nothing_that_is_saved_beside_them(account: Account) -> None:
    for _ in range(ROUNDS):
        Session.objects.all().delete()
        key = started(account)
        before = timezone.now()
        results = at_once(partial(save, key), *[partial(SessionStore(key).get, SESSION_KEY) for _ in range(4)])
        assert results == [None, *[str(account.pk)] * 4]
        assert SessionStore(key)["more"] == "data"
        session = Session.objects.get()
        assert session.last_seen_at >= before
        assert session.expire_date - session.last_seen_at == datetime.timedelta(hours=1)


def test_of_two_browsers_that_end_each_other_at_once_no_third_survives(account: Account) -> None:
    keys = [started(account) for _ in range(4)]
    one, two = (SessionStore(key).digest for key in keys[:2])
    results = at_once(
        partial(end_own_sessions, account=account, keep=one), partial(end_own_sessions, account=account, keep=two)
    )
    left = set(Session.objects.values_list("pk", flat=True))
    assert left <= {one, two}
    assert sum(results) + len(left) == 4
    counts = Event.objects.filter(tag=Tag.SESSIONS_ENDED).values_list("details__count", flat=True)
    assert sorted(counts) == sorted(result for result in results if result)
