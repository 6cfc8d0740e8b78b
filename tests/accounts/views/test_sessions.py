import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.models import Account, Session
from egzaminator.accounts.sessions import SessionStore
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, token_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SESSIONS = "/konto/sesje/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1"


def logged_in(name: str = PESELS[0], user_agent: str = FIREFOX, email: str = "192.0.2.1") -> Client:
    client = Client(
        enforce_csrf_checks=True,
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": user_agent},
        REMOTE_ADDR=email,
    )
    client.post("/konto/logowanie/", {"name": name, "secret": PASSWORD})
    return client


def end(client: Client, **typed: str) -> Response:
    return client.post(SESSIONS, {"csrfmiddlewaretoken": token_of(client, SESSIONS)} | typed, follow=True)


def digest_of(client: Client) -> str:
    session = client.session
    assert isinstance(session, SessionStore)
    return session.digest


def is_in(client: Client) -> bool:
    return client.get(SESSIONS).status_code == 200


@pytest.fixture
def anna() -> Client:
    make_account(make_examiner(numbers=("A-1",)))
    return logged_in()


def test_is_closed_to_who_is_not_logged_in() -> None:
    assert Client().get(SESSIONS)["Location"] == f"/konto/logowanie/?next={SESSIONS}"


def test_asks_who_it_is_when_the_login_was_long_ago() -> None:
    """Someone else at an unattended session must not log out the owner's other devices."""
    with time_machine.travel("2026-11-22T09:54:00Z", tick=False) as clock:
        make_account(make_examiner())
        anna = logged_in()
        clock.shift(datetime.timedelta(minutes=11))
        assert anna.get(SESSIONS)["Location"] == f"/konto/potwierdzenie/?next={SESSIONS.replace('/', '%2F')}"


def test_shows_each_device_and_which_is_this_one() -> None:
    with time_machine.travel("2026-11-22T09:54:00Z", tick=False) as clock:
        make_account(make_examiner())
        logged_in(user_agent=SAFARI, email="2001:db8::1")
        clock.shift(datetime.timedelta(minutes=5))
        anna = logged_in()
        clock.shift(datetime.timedelta(minutes=2))
        words = words_of(anna.get(SESSIONS))
    this = "Firefox, Windows używasz go teraz Zalogowano 2026-11-22 10:59 Ostatnia wizyta 2026-11-22 11:01 "
    other = "Safari, iPhone Zalogowano 2026-11-22 10:54 Ostatnia wizyta 2026-11-22 10:54 "
    assert f"{this}Adres w sieci (IP) 192.0.2.1 {other}Adres w sieci (IP) 2001:db8::1 Wyloguj: Safari, iPhone" in words
    assert words.count("Wyloguj:") == 1


def test_the_queries_do_not_grow_with_the_sessions(
    anna: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as queries:
        anna.get(SESSIONS)
    count = len(queries)
    logged_in()
    logged_in()
    with django_assert_num_queries(count):
        anna.get(SESSIONS)


def test_shows_no_ended_session_and_nobody_elses(anna: Client) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    logged_in(PESELS[1], SAFARI)
    account = Account.objects.get(examiner__entries__number="A-1")
    Session.objects.create(session_key="over", account=account, device="Edg/1", expire_date="2020-01-01T00:00:00Z")
    page = anna.get(SESSIONS)
    assert "Safari" not in words_of(page)
    assert "Edge" not in words_of(page)
    assert "Wyloguj wszystkie" not in words_of(page)


def test_one_device_is_logged_out(anna: Client) -> None:
    phone, tablet = logged_in(user_agent=SAFARI), logged_in()
    response = end(anna, session=digest_of(phone))
    assert response.redirect_chain == [(SESSIONS, 302)]
    assert "Wylogowano 1 urządzenie." in words_of(response)
    assert [is_in(client) for client in (anna, phone, tablet)] == [True, False, True]
    account, event = Account.objects.get(), Event.objects.get(tag=Tag.SESSIONS_ENDED)
    assert (event.actor, event.subject, event.ip, event.details) == (
        account.id,
        account.id,
        "192.0.2.1",
        {"count": 1},
    )


def test_all_other_devices_are_logged_out(anna: Client) -> None:
    phone, tablet = logged_in(user_agent=SAFARI), logged_in()
    assert "Wylogowano 2 urządzenia." in words_of(end(anna))
    assert [is_in(client) for client in (anna, phone, tablet)] == [True, False, False]
    assert "Żadne inne urządzenie nie jest już zalogowane." in words_of(end(anna))
    assert Event.objects.filter(tag=Tag.SESSIONS_ENDED).count() == 1


def test_nobody_elses_session_can_be_ended(anna: Client) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    other = logged_in(PESELS[1])
    end(anna, session=digest_of(other))
    end(anna)
    assert is_in(other)
    assert not Event.objects.filter(tag=Tag.SESSIONS_ENDED).exists()


def test_ones_own_session_goes_on(anna: Client) -> None:
    end(anna, session=digest_of(anna))
    assert is_in(anna)


@pytest.mark.parametrize("rubbish", ["\0", "x" * 5000, "<b>", "ą"])
def test_rubbish_ends_nothing(anna: Client, rubbish: str) -> None:
    phone = logged_in()
    assert end(anna, session=rubbish).status_code == 200
    assert is_in(phone)


def test_ending_needs_the_token(anna: Client) -> None:
    phone = logged_in()
    assert anna.post(SESSIONS, {"session": digest_of(phone)}).status_code == 403
    assert is_in(phone)


def test_staff_have_the_page_too() -> None:
    make_staff()
    assert "Firefox, Windows" in words_of(logged_in("jan@oke.example").get(SESSIONS))


def test_my_account_leads_here(anna: Client) -> None:
    assert f'href="{SESSIONS}"' in anna.get("/konto/").content.decode()


def test_a_visit_is_noted_and_answered_with_the_time_that_is_left() -> None:
    with time_machine.travel("2026-11-22T09:54:00Z", tick=False) as clock:
        make_account(make_examiner())
        anna = logged_in()
        token = {"csrfmiddlewaretoken": token_of(anna, SESSIONS)}
        clock.shift(59 * 60)
        assert anna.post(f"{SESSIONS}wizyta/", token).json() == {"seconds": 3600}
        clock.shift(30)
        assert anna.post(f"{SESSIONS}wizyta/", token).json() == {"seconds": 3570}
        assert anna.get(f"{SESSIONS}wizyta/").status_code == 405
        assert anna.post(f"{SESSIONS}wizyta/").status_code == 403
        clock.shift(3570)
        assert anna.post(f"{SESSIONS}wizyta/", token).status_code == 409


def test_only_who_is_logged_in_is_told_of_an_end(anna: Client) -> None:
    page = anna.get("/konto/")
    assert 'id="session-timeout"' in page.content.decode()
    ends = timezone.localtime(Session.objects.get().expire_date)
    assert f"wylogujemy cię o {ends:%H:%M}" in words_of(page)
    assert 'id="session-timeout"' not in Client().get("/konto/logowanie/").content.decode()
