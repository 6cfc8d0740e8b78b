"""The second step of a log-in, and reauthentication."""

import datetime

import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.helpers.factories import PASSWORD, PESELS, frozen, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.mfa import give_totp, log_in, send, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STEP = "/konto/logowanie/drugi-krok/"
CONFIRM = "/konto/potwierdzenie/"
HOME = "/konto/"
NOW = "2026-11-22T10:00:10Z"
NEW = "zupełnie nowe hasło 2026"


@pytest.fixture
def codes() -> list[str]:
    """The recovery codes of an examiner who also has an authenticator app."""
    return give_totp(make_account(make_examiner()))


@pytest.fixture
def account(codes: list[str]) -> Account:
    return Account.objects.get()


def is_in(browser: Client) -> bool:
    return browser.get(HOME).status_code == 200


def test_a_password_and_a_code_lead_in(browser: Client, account: Account) -> None:
    assert log_in(browser, next="/konto/dane/")["Location"] == STEP
    assert send(browser, STEP, code=totp_code())["Location"] == "/konto/dane/"
    assert is_in(browser)
    events = Event.objects.filter(subject=account.id, tag__startswith="login").order_by("at")
    assert [(event.tag, event.actor) for event in events] == [
        (Tag.PASSWORD_ACCEPTED, None),
        (Tag.LOGIN_SUCCEEDED, account.id),
    ]
    assert events[1].details == {"device": "", "by": ["password", "totp"]}


def test_a_recovery_code_leads_in_too(browser: Client, codes: list[str]) -> None:
    log_in(browser)
    assert send(browser, STEP, code=codes[0])["Location"] == HOME
    assert is_in(browser)


def test_between_the_steps_the_session_is_nobodys(browser: Client, account: Account) -> None:
    log_in(browser)
    assert list(Session.objects.values_list("account", flat=True)) == [None]
    for path in (HOME, "/konto/dane/", "/konto/drugi-skladnik/", "/konto/drugi-skladnik/kody/", CONFIRM, "/panel/"):
        assert browser.get(path)["Location"] == f"/konto/logowanie/?next={path}"
    assert Event.objects.filter(tag=Tag.LOGIN_SUCCEEDED).count() == 0


def test_the_session_gets_a_new_id_at_each_step(browser: Client, codes: list[str]) -> None:
    seen = []
    for code in codes[:2]:
        log_in(browser)
        seen.append(browser.cookies["session"].value)
        send(browser, STEP, code=code)
        seen.append(browser.cookies["session"].value)
        send(browser, HOME)
        browser.post("/konto/wyloguj/", {"csrfmiddlewaretoken": _token(browser)})
    assert len(set(seen)) == 4
    assert Session.objects.filter(session_key__in=seen).count() == 0


def _token(browser: Client) -> str:
    return browser.cookies["csrf"].value


def test_a_wrong_code_changes_nothing_but_the_record(browser: Client, account: Account) -> None:
    log_in(browser)
    response = send(browser, STEP, code="000000")
    assert "Ten kod jest błędny albo był już użyty." in words_of(response)
    assert response.content.decode().count("000000") == 1  # what was typed stays in the form
    assert not is_in(browser)
    assert Event.objects.filter(tag=Tag.SECOND_FACTOR_REFUSED, subject=account.id).count() == 1


def test_wrong_codes_are_slowed_down_in_every_browser(browser: Client, account: Account) -> None:
    for _ in range(5):
        other = Client(headers={"Sec-Fetch-Site": "same-origin"})
        log_in(other)
        send(other, STEP, code="000000")
    with time_machine.travel(datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(seconds=70), tick=False):
        log_in(browser)
        assert "Za dużo prób. Odczekaj pięć minut" in words_of(send(browser, STEP, code=totp_code()))
        assert not is_in(browser)


@pytest.mark.parametrize("code", ["", " ", "\0", "x" * 5000, "<b>", "１２３４５６７", "a\u202eb"])
def test_rubbish_is_an_error_in_words(browser: Client, account: Account, code: str) -> None:
    log_in(browser)
    response = send(browser, STEP, code=code)
    assert response.status_code in {200, 400}
    assert not is_in(browser)


def test_the_second_step_waits_ten_minutes(browser: Client, account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(browser)
        clock.shift(599)
        assert browser.get(STEP).status_code == 200
        clock.shift(2)
        assert browser.get(STEP)["Location"] == "/konto/logowanie/"
        assert browser.post(STEP, {"code": totp_code()}).status_code in {302, 403}
        assert not is_in(browser)


def test_there_is_no_second_step_without_the_first(browser: Client, account: Account) -> None:
    assert browser.get(STEP)["Location"] == "/konto/logowanie/"
    log_in(browser, secret="not the password")
    assert browser.get(STEP)["Location"] == "/konto/logowanie/"


def test_a_new_password_ends_logins_that_were_half_way(browser: Client, account: Account) -> None:
    log_in(browser)
    assert browser.get(STEP).status_code == 200
    account.set_password("another password altogether")
    account.save()
    assert browser.get(STEP)["Location"] == "/konto/logowanie/"


def test_freezing_ends_logins_that_were_half_way(browser: Client, account: Account) -> None:
    log_in(browser)
    Account.objects.update(**frozen())
    assert browser.get(STEP)["Location"] == "/konto/logowanie/"


def test_a_reset_by_mail_never_bypasses_the_second_factor(browser: Client, account: Account) -> None:
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    reset_password(token=url.rstrip("/").rpartition("/")[2], password=NEW)
    assert not is_in(browser)
    assert log_in(browser, secret=NEW)["Location"] == STEP
    assert not is_in(browser)
    assert send(browser, STEP, code=totp_code())["Location"] == HOME


def test_a_wrong_password_is_refused_alike_with_and_without_a_second_factor(account: Account) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="jan@example.org")
    pages = set()
    for name in PESELS[:2]:
        browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
        response = log_in(browser, name, "not the password")
        code = Event.objects.filter(tag=Tag.LOGIN_REFUSED).latest("at").case_code
        pages.add((response.status_code, words_of(response).replace(code, "CODE"), tuple(browser.cookies)))
    assert len(pages) == 1


def test_staff_have_a_second_step_too(browser: Client) -> None:
    give_totp(make_staff())
    assert log_in(browser, "jan@oke.example", next="/panel/")["Location"] == STEP
    assert send(browser, STEP, code=totp_code())["Location"] == "/panel/"
    assert browser.get("/panel/").status_code == 200


# Before sensitive changes -------------------------------------------------------------------------------------------


def logged_in_long_ago(browser: Client, clock: time_machine.Traveller, code: str = "") -> None:
    log_in(browser)
    if code:
        send(browser, STEP, code=code)
    clock.shift(601)


def test_soon_after_the_login_nothing_is_asked_and_later_it_is(browser: Client) -> None:
    make_account(make_examiner())
    with time_machine.travel(NOW, tick=False) as clock:
        log_in(browser)
        clock.shift(599)
        assert browser.get("/konto/drugi-skladnik/aplikacja/").status_code == 200
        clock.shift(1)
        asked = browser.get("/konto/drugi-skladnik/aplikacja/")["Location"]
        assert asked == f"{CONFIRM}?next=%2Fkonto%2Fdrugi-skladnik%2Faplikacja%2F"
        before = browser.cookies["session"].value
        assert send(browser, asked, password=PASSWORD)["Location"] == "/konto/drugi-skladnik/aplikacja/"
        assert browser.cookies["session"].value != before
        assert browser.get("/konto/drugi-skladnik/aplikacja/").status_code == 200
    assert Event.objects.get(tag=Tag.IDENTITY_CONFIRMED).details == {"by": "password"}


def test_a_code_confirms_as_well(browser: Client, codes: list[str]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        logged_in_long_ago(browser, clock, codes[0])
        assert browser.get("/konto/drugi-skladnik/kody/").status_code == 302
        typed = fields_of(browser.get(f"{CONFIRM}?next=/konto/drugi-skladnik/kody/"))
        del typed["password"]
        assert "Ten kod jest błędny" in words_of(browser.post(CONFIRM, typed | {"code": "000000"}))
        typed["code"] = totp_code()
        assert browser.post(CONFIRM, typed)["Location"] == "/konto/drugi-skladnik/kody/"
        assert browser.get("/konto/drugi-skladnik/kody/").status_code == 200


def test_a_wrong_password_confirms_nothing_and_is_slowed_down(browser: Client) -> None:
    make_account(make_examiner())
    with time_machine.travel(NOW, tick=False) as clock:
        logged_in_long_ago(browser, clock)
        for _ in range(5):
            assert "To nie jest hasło twojego konta." in words_of(send(browser, CONFIRM, password="not it"))
        assert "Za dużo prób." in words_of(send(browser, CONFIRM, password=PASSWORD))
        assert browser.get("/konto/drugi-skladnik/aplikacja/").status_code == 302
    assert Event.objects.filter(tag=Tag.IDENTITY_REFUSED).count() == 5


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_confirming_leads_to_addresses_of_ours_only(browser: Client, target: str) -> None:
    make_account(make_examiner())
    log_in(browser)
    response = send(browser, f"{CONFIRM}?next={target}", password=PASSWORD, next=target)
    assert response["Location"] == "/konto/drugi-skladnik/"
