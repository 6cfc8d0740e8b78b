import datetime
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.history import PAGE_SIZE, HistoryItem, list_history
from egzaminator.accounts.history_text import REPEATED, SHOWN
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import Page
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HISTORY = "/konto/historia/"
START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def anna(account: Account, browser: Client) -> Client:
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def happened(tag: Tag, subject: uuid.UUID | None, minute: int, **more: object) -> Event:
    """Record an event, dated so many minutes before START."""
    at = START - datetime.timedelta(minutes=minute)
    return Event.objects.create(tag=tag, subject=subject, at=at, **({"ip": "192.0.2.1"} | more))


def pages_of(account: Account) -> list[Page[HistoryItem]]:
    pages = [list_history(account=account, tags=SHOWN, repeated=REPEATED)]
    while pages[-1].next:
        pages.append(list_history(account=account, tags=SHOWN, repeated=REPEATED, after=pages[-1].next))
    return pages


def minutes_of(items: list[HistoryItem]) -> list[tuple[Tag, int, int]]:
    """Return tag, minutes before the start, and count of each row."""
    return [(one.tag, (START - one.at) // datetime.timedelta(minutes=1), one.count) for one in items]


def test_events_of_the_account_and_of_its_examiner_newest_first(account: Account) -> None:
    happened(Tag.CLAIM_SAVED, account.examiner_id, 9)
    happened(Tag.LOGGED_OUT, account.id, 1)
    happened(Tag.ACCOUNT_ACTIVATED, account.id, 5)
    (page,) = pages_of(account)
    assert minutes_of(page.rows) == [
        (Tag.LOGGED_OUT, 1, 1),
        (Tag.ACCOUNT_ACTIVATED, 5, 1),
        (Tag.CLAIM_SAVED, 9, 1),
    ]


def test_refusals_between_two_other_events_are_one_row(account: Account) -> None:
    for minute in (1, 2, 6, 7, 8):
        ip = "192.0.2.2" if minute == 7 else "192.0.2.1"
        happened(Tag.LOGIN_REFUSED, account.examiner_id, minute, ip=ip)
    happened(Tag.MAIL_CAPPED, account.id, 7, ip=None)
    happened(Tag.LOGIN_SUCCEEDED, account.id, 4)
    (page,) = pages_of(account)
    assert minutes_of(page.rows) == [
        (Tag.LOGIN_REFUSED, 1, 2),
        (Tag.LOGIN_SUCCEEDED, 4, 1),
        (Tag.LOGIN_REFUSED, 6, 3),
        (Tag.MAIL_CAPPED, 7, 1),
    ]
    newest, login, older, capped = page.rows
    assert (newest.began_at, newest.ip_count, newest.ip) == (
        START - datetime.timedelta(minutes=2),
        1,
        "192.0.2.1",
    )
    assert (login.ip, older.ip_count, capped.ip) == ("192.0.2.1", 2, None)


def test_refusals_alone_are_a_history_too(account: Account) -> None:
    for minute in range(3):
        happened(Tag.LOGIN_REFUSED, account.examiner_id, minute)
    assert minutes_of(pages_of(account)[0].rows) == [(Tag.LOGIN_REFUSED, 0, 3)]


@pytest.mark.parametrize("more", [-1, 0, 1, PAGE_SIZE + 1])
def test_every_event_stands_on_one_page(account: Account, more: int) -> None:
    """Even events of the same moment, and refusals on both sides of a page's end."""
    events = [happened(Tag.LOGGED_OUT, account.id, minute // 2) for minute in range(PAGE_SIZE + more)]
    for minute in range(PAGE_SIZE):
        happened(Tag.LOGIN_REFUSED, account.examiner_id, minute)
    pages = pages_of(account)
    assert len(pages) == -(-len(events) // PAGE_SIZE)
    rows = [row for page in pages for row in page.rows]
    assert sum(row.tag == Tag.LOGGED_OUT for row in rows) == len(events)
    assert sum(row.count for row in rows if row.tag == Tag.LOGIN_REFUSED) == PAGE_SIZE
    moments = [row.at for row in rows]
    assert moments == sorted(moments, reverse=True)


def test_nothing_of_other_people(account: Account) -> None:
    other = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    staff = make_staff()
    happened(Tag.LOGGED_OUT, other.id, 1)
    happened(Tag.LOGIN_REFUSED, other.examiner_id, 1)
    happened(Tag.LOGIN_REFUSED, None, 1)
    happened(Tag.RESET_REQUESTED, account.id, 1)
    happened(Tag.ACCOUNT_UNFROZEN, other.examiner_id, 1, actor=account.id)
    done = happened(Tag.ACCOUNT_UNFROZEN, account.examiner_id, 2, actor=staff.id, ip="192.0.2.99")
    (page,) = pages_of(account)
    assert minutes_of(page.rows) == [(Tag.ACCOUNT_UNFROZEN, 2, 1)]
    assert page.rows[0].ip is None
    happened(Tag.LOOKUPS_CAPPED, account.examiner_id, 3, actor=staff.id, ip="192.0.2.99")
    counted = pages_of(account)[0].rows[1]
    assert (counted.tag, counted.ip, counted.ip_count) == (Tag.LOOKUPS_CAPPED, None, 0)
    elsewhere = list_history(account=other, tags=SHOWN, repeated=REPEATED, after=done.id)
    assert len(elsewhere.rows) == 3


def test_a_tag_that_is_not_shown_and_one_that_is_no_more_are_left_out(account: Account) -> None:
    happened(Tag.VALUE_UNDECRYPTABLE, account.id, 1)
    Event.objects.create(tag="long.gone", subject=account.id)
    assert pages_of(account) == [Page([], None, is_first=True)]


def test_the_page_says_when_what_and_whence(anna: Client, account: Account) -> None:
    happened(Tag.LOGIN_REFUSED, account.examiner_id, 10)
    happened(Tag.LOGIN_REFUSED, account.examiner_id, 0, ip="2001:db8::1")
    happened(Tag.SESSIONS_ENDED, account.id, 30, actor=account.id, details={"count": 1})
    words = words_of(anna.get(HISTORY))
    assert re.search(
        r"2026-11-22 10:44 – 2026-11-22 10:54 Odmowa zalogowania: 2 próby z 2 adresów w sieci \(IP\) "
        r"2026-11-22 10:24 Wylogowano 1 inne urządzenie adres w sieci \(IP\): 192\.0\.2\.1 ",
        words,
    )


def test_the_pages_lead_on_and_back(anna: Client, account: Account) -> None:
    for minute in range(PAGE_SIZE + 3):
        happened(Tag.LOGGED_OUT, account.id, minute)
    first = anna.get(HISTORY).content.decode()
    (older,) = re.findall(r'href="(\?after=[0-9a-f-]{36})"', first)
    second = anna.get(f"{HISTORY}{older}").content.decode()
    assert "?after=" not in second
    assert (first.count('class="history__time"'), second.count('class="history__time"')) == (PAGE_SIZE, 5)
    assert f'href="{HISTORY}"' in second


def test_the_queries_do_not_grow_with_the_events(
    anna: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as queries:
        anna.get(HISTORY)
    for minute in range(40):
        happened(Tag.LOGIN_REFUSED, account.examiner_id, minute)
        happened(Tag.LOGGED_OUT, account.id, minute)
    with django_assert_num_queries(len(queries)):
        anna.get(HISTORY)


@pytest.mark.parametrize("after", ["", "x", "\u0142", "63ac9eec-a28b-415e-a0d4-2f6233c4c14e", "%27"])
def test_any_other_place_is_the_beginning(anna: Client, after: str) -> None:
    response = anna.get(f"{HISTORY}?after={after}")
    assert response.status_code == 200
    assert "Zalogowano: nieznane urządzenie" in words_of(response)


def test_is_closed_to_who_is_not_logged_in() -> None:
    assert Client().get(HISTORY)["Location"] == f"/konto/logowanie/?next={HISTORY}"


def test_staff_have_their_own(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": "wrong password"})
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    words = words_of(browser.get(HISTORY))
    assert "Zalogowano: nieznane urządzenie" in words
    assert "Odmowa zalogowania: 1 próba" in words


def test_my_account_leads_here(anna: Client) -> None:
    assert f'href="{HISTORY}"' in anna.get("/konto/").content.decode()
