"""A challenge is good for one answer, of the browser that it was made for."""

import datetime

import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.rate_limits.models import Counter
from tests.accounts.mfa.passkey_browser import (
    ADD,
    CONFIRM,
    LOGIN,
    PRESENT_ONLY,
    STEP,
    add,
    challenge_of,
    new_browser,
    refused,
)
from tests.helpers.mfa import Device, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_an_answer_is_good_once(owner: Client) -> None:
    device = Device()
    add(owner, device)
    browser = new_browser()
    answer = device.prove(challenge_of(browser, LOGIN))
    assert browser.post(LOGIN, {"credential": answer})["Location"] == "/konto/"
    for other in (browser, new_browser()):
        other.cookies.pop("session", None)
        challenge_of(other, LOGIN)
        assert refused(other, answer)
    assert Event.objects.filter(tag=Tag.PASSKEY_REFUSED).count() == 2


def test_a_challenge_is_good_for_one_answer(owner: Client) -> None:
    device, stranger = Device(), Device()
    add(owner, device)
    stranger.owner = device.owner
    browser = new_browser()
    options = challenge_of(browser, LOGIN)
    assert refused(browser, stranger.prove(options))
    assert refused(browser, device.prove(options))


def test_no_challenge_asks_for_less_than_a_verified_owner(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    browser = new_browser()
    log_in(browser)
    browser.get(STEP)
    asked = [challenge_of(browser, STEP), challenge_of(owner, CONFIRM), challenge_of(new_browser(), LOGIN)]
    assert [options["publicKey"]["userVerification"] for options in asked] == ["required"] * 3
    made = challenge_of(owner, ADD, name="klucz")["publicKey"]
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert (made["rp"]["id"], made["user"]["name"]) == ("localhost", "anna@example.org")
    # At the log-in, an unverified owner does not pass with a challenge of the second step either.
    device.flags = PRESENT_ONLY
    assert refused(browser, device.prove(asked[0]))


def test_challenges_write_nothing_and_are_kept_by_the_browser_for_five_minutes(owner: Client) -> None:
    device = Device()
    add(owner, device)
    before = Session.objects.count(), Counter.objects.count()
    browsers = [new_browser() for _ in range(20)]
    challenges = [challenge_of(browser, LOGIN) for browser in browsers]
    assert (Session.objects.count(), Counter.objects.count()) == before
    cookie = browsers[0].cookies["passkey"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", LOGIN)
    assert refused(browsers[1], device.prove(challenges[0]))  # another browser's
    with time_machine.travel(datetime.timedelta(minutes=5, seconds=1)):
        assert refused(browsers[2], device.prove(challenges[2]))
    assert browsers[0].post(LOGIN, {"credential": device.prove(challenges[0])})["Location"] == "/konto/"


@pytest.mark.parametrize("cookie", ["", "x", "e30:1x:y", "é"])
def test_a_challenge_of_nobodys_making_is_none(owner: Client, cookie: str) -> None:
    device, browser = Device(), new_browser()
    add(owner, device)
    answer = device.prove(challenge_of(browser, LOGIN))
    browser.cookies["passkey"] = cookie
    assert refused(browser, answer)


def test_a_challenge_needs_a_reason(account: Account) -> None:
    assert new_browser().post(f"{STEP}wyzwanie/").status_code == 403
    for page in (ADD, CONFIRM):
        assert new_browser().post(f"{page}wyzwanie/").status_code == 302
