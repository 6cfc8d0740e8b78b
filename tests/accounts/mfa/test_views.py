import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.models import Account
from tests.helpers.factories import PASSWORD, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.mfa import give_totp, log_in, secret_on, send, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
INDEX = "/konto/drugi-skladnik/"
TOTP = "/konto/drugi-skladnik/aplikacja/"
REMOVE_TOTP = "/konto/drugi-skladnik/aplikacja/usun/"
CODES = "/konto/drugi-skladnik/kody/"


@pytest.fixture
def owner(browser: Client, account: Account) -> Client:
    log_in(browser)
    return browser


@pytest.mark.parametrize("path", [INDEX, TOTP, REMOVE_TOTP, CODES])
def test_is_closed_to_who_is_not_logged_in(path: str) -> None:
    assert Client().get(path)["Location"] == f"/konto/logowanie/?next={path}"


def test_an_app_is_set_up_from_what_the_page_shows(owner: Client, account: Account) -> None:
    page = owner.get(TOTP)
    secret = secret_on(page)
    assert "<svg" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    wrong = owner.post(TOTP, fields_of(page) | {"code": "000000"})
    assert "Ten kod nie pasuje." in words_of(wrong)
    assert secret_on(wrong) == secret
    right = owner.post(TOTP, fields_of(wrong) | {"code": totp_code(secret)})
    assert right["Location"] == CODES
    codes = second_factors_of(account=account).fresh_codes
    shown = words_of(owner.get(CODES))
    assert [code for code in codes if f"{code[:4]} {code[4:]}" not in shown] == []
    assert "Dodana" in words_of(owner.get(INDEX))
    assert owner.get(TOTP)["Location"] == INDEX


def test_looking_changes_nothing(owner: Client, account: Account) -> None:
    for path in (INDEX, TOTP, REMOVE_TOTP, CODES):
        owner.get(path)
        owner.head(path)
    assert not second_factors_of(account=account).are_any


def test_the_sealed_secret_of_another_account_is_not_taken(owner: Client, account: Account) -> None:
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    make_staff()
    log_in(other, "jan@oke.example")
    theirs = other.get(TOTP)
    for encrypted in (fields_of(theirs)["encrypted_secret"], "", "rubbish", "ąę", "A" * 300):
        response = send(owner, TOTP, encrypted_secret=encrypted, code=totp_code(secret_on(theirs)))
        assert response.status_code == 200
        assert secret_on(response) != secret_on(theirs)
    assert not second_factors_of(account=account).are_any


def test_a_key_that_was_shown_once_is_not_offered_again_later(browser: Client, account: Account) -> None:
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False) as clock:
        log_in(browser)
        page = browser.get(TOTP)
        clock.shift(30 * 60)
        late = browser.post(TOTP, fields_of(page) | {"code": totp_code(secret_on(page))})
        browser.post(late["Location"], fields_of(browser.get(late["Location"])) | {"password": PASSWORD})
        assert secret_on(browser.get(TOTP)) != secret_on(page)
        late = send(
            browser, TOTP, encrypted_secret=fields_of(page)["encrypted_secret"], code=totp_code(secret_on(page))
        )
        assert "Ten klucz był pokazany zbyt dawno." in words_of(late)
        assert secret_on(late) != secret_on(page)
    assert not second_factors_of(account=account).are_any


def test_two_clicks_add_one_app(owner: Client, account: Account) -> None:
    page = owner.get(TOTP)
    typed = fields_of(page) | {"code": totp_code(secret_on(page))}
    assert [owner.post(TOTP, typed)["Location"] for _ in range(2)] == [CODES, INDEX]


def test_removing_the_app_asks_first(owner: Client, account: Account) -> None:
    give_totp(account, goes_on=True)
    assert "samo hasło" in words_of(owner.get(REMOVE_TOTP))
    typed = fields_of(owner.get(REMOVE_TOTP))
    assert owner.post(REMOVE_TOTP, typed)["Location"] == INDEX
    assert not second_factors_of(account=account).are_any
    assert owner.post(REMOVE_TOTP, typed)["Location"] == INDEX
    assert "Aplikacja z kodami jest usunięta." in words_of(owner.get(INDEX))


def test_new_codes_are_shown_for_ten_minutes(browser: Client, account: Account) -> None:
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False) as clock:
        log_in(browser)
        token = {"csrfmiddlewaretoken": fields_of(browser.get(TOTP))["csrfmiddlewaretoken"]}
        assert browser.post(CODES, token)["Location"] == INDEX
        give_totp(account, goes_on=True)
        clock.shift(540)
        assert send(browser, CODES)["Location"] == CODES
        code = second_factors_of(account=account).fresh_codes[0]
        assert f"{code[:4]} {code[4:]}" in words_of(browser.get(CODES))
        clock.shift(59)
        assert f"{code[:4]} {code[4:]}" in words_of(browser.get(CODES))


def test_staff_have_the_same_pages(browser: Client) -> None:
    staff = make_staff()
    log_in(browser, "jan@oke.example")
    page = browser.get(TOTP)
    assert browser.post(TOTP, fields_of(page) | {"code": totp_code(secret_on(page))})["Location"] == CODES
    assert second_factors_of(account=staff).are_any
    assert browser.get(INDEX).status_code == 200
