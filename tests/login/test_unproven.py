"""A client that has proven nothing cannot fill tables: send rubbish many times to every URL that accepts a form."""

import itertools

import pytest
from django.db import connection
from django.test import Client

from egzaminator.accounts.domain.notifications import NOTICES
from egzaminator.accounts.models import Account, EmailChange, KnownDevice, Link, Session
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.login import passkey_views
from egzaminator.login.domain import log_in as login_flow
from egzaminator.login.domain import password_reset
from egzaminator.login.models import ResetRequest
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import Limit
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, token_of, words_of
from tests.helpers.mfa import log_in, secret_on, totp_code
from tests.helpers.routes import routes, sample_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIMES, MOST = 5, 3
LOGIN, PASSKEY, RESET = "/konto/logowanie/", "/konto/logowanie/klucz/", "/konto/haslo/"
RUBBISH = {
    "name": PESELS[0],
    "secret": "not it at all",
    "credential": "{}",
    "owner": "a:b:c",
    "password": "not it",
    "code": "000000",
    "email": "a@example.org",
    "new_password": "zupełnie nowe hasło 2026",
    "repeated_password": "zupełnie nowe hasło 2026",
}


def rows() -> dict[str, int]:
    """Count the rows of the tables that somebody could fill."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        (jobs,) = cursor.fetchone()
    models = (Session, Event, Email, Link, ResetRequest, Claim, Account, EmailChange, KnownDevice)
    return {model.__name__: model.objects.count() for model in models} | {"jobs": jobs}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits of one network, so that a test can reach them."""
    for place, name in (
        (passkey_views, "RECORDED"),
        (login_flow, "RECORDED"),
        (password_reset, "BY_NETWORK"),
    ):
        limit = getattr(place, name)
        monkeypatch.setattr(place, name, Limit(limit.name, most=MOST, period=limit.period))


# Rows that each URL leaves, however often it is sent; all others leave none. The log-in fields of the first form share
# their limit with the log-in, which is sent first.
LEAVES = {
    "login": {"Event": MOST + 1},
    "passkey-login": {"Event": MOST},
    "forgotten-password": {"Event": MOST, "ResetRequest": MOST, "jobs": MOST},
}


@pytest.mark.usefixtures("few", "empty_queue")
def test_rubbish_leaves_no_more_than_so_many_rows_at_any_address() -> None:
    make_account(make_examiner())
    make_staff()
    own, walked, before = 0, {}, rows()
    for route, pattern in routes():
        browser = Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost")
        path = sample_of(route)
        own += pattern.callback.__module__.startswith("egzaminator.")
        is_wagtails = not pattern.callback.__module__.startswith("egzaminator.")
        for _ in range(1 if is_wagtails else TIMES):
            answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(path, RUBBISH)
            browser.post(path, RUBBISH)
            assert answer.status_code < 500, path
        after = rows()
        left = {name: count - before[name] for name, count in after.items()}
        walked[path if is_wagtails else pattern.name] = {name: count for name, count in left.items() if count}
        before = after
    assert {name: left for name, left in walked.items() if left} == LEAVES
    assert own >= 58


def case_code_in(browser: Client) -> str:
    """Log in with a wrong password. Return the case code that the page shows."""
    log_in(browser, PESELS[1], "x")
    code: str = browser.get("/konto/logowanie/").context["refusal"].case_code
    return code


@pytest.mark.usefixtures("few")
def test_refusals_beyond_the_limit_share_a_code_that_staff_find(browser: Client) -> None:
    make_account(make_examiner())
    codes = [case_code_in(Client(headers={"Sec-Fetch-Site": "same-origin"})) for _ in range(MOST + 3)]
    assert len(set(codes)) == MOST + 1
    assert len(set(codes[MOST:])) == 1
    event = Event.objects.get(case_code=codes[-1])
    assert (event.tag, event.subject, event.details) == (Tag.LOGIN_REFUSED, None, {"reason": Refusal.THROTTLED.value})
    # Another network, such as a school, has its own counters. Whoever knows the password can still log in.
    elsewhere = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="192.0.2.77")
    assert case_code_in(elsewhere) not in codes
    assert log_in(browser)["Location"] == "/konto/"


@pytest.mark.usefixtures("few")
def test_a_network_that_asks_too_often_keeps_no_other_from_a_new_password() -> None:
    make_account(make_examiner())
    for _ in range(MOST + 2):
        password_reset.request_reset(name=PESELS[0], language="pl", ip="192.0.2.1")
    password_reset.request_reset(name=PESELS[0], language="pl", ip="192.0.2.2")
    assert list(ResetRequest.objects.values_list("ip", flat=True).order_by("created_at")) == [
        *["192.0.2.1"] * MOST,
        "192.0.2.2",
    ]


def test_a_refused_passkey_is_said_without_a_session(browser: Client) -> None:
    answer = browser.post(PASSKEY, {"credential": "{}"}, follow=True)
    assert "Nie udało się zalogować tym kluczem dostępu." in words_of(answer)
    assert Session.objects.count() == 0


def test_new_codes_are_told_five_times_a_day_and_removing_the_app_all_the_same(browser: Client) -> None:
    account = make_account(make_examiner())
    log_in(browser)
    page = browser.get("/konto/drugi-skladnik/aplikacja/")
    browser.post("/konto/drugi-skladnik/aplikacja/", fields_of(page) | {"code": totp_code(secret_on(page))})
    before = Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count()
    codes = "/konto/drugi-skladnik/kody/"
    token = {"csrfmiddlewaretoken": token_of(browser, codes)}
    for _ in range(40):
        browser.post(codes, token)
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count() == before + NOTICES.most
    assert Event.objects.filter(tag=Tag.MAIL_CAPPED, subject=account.id).count() == 40 - NOTICES.most
    browser.post("/konto/drugi-skladnik/aplikacja/usun/", token)
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count() == before + NOTICES.most + 1


def test_a_changed_password_is_told_five_times_a_day(browser: Client) -> None:
    make_account(make_examiner())
    log_in(browser)
    passwords = [PASSWORD, *(f"kasztan-rower-{number}-okno" for number in range(NOTICES.most + 2))]
    for old, new in itertools.pairwise(passwords):
        typed = {"password": old, "new_password": new, "repeated_password": new}
        path = "/konto/zmiana-hasla/"
        assert browser.post(path, typed | {"csrfmiddlewaretoken": token_of(browser, path)}).status_code == 302
    assert Email.objects.filter(kind=EmailKind.PASSWORD_CHANGED).count() == NOTICES.most
