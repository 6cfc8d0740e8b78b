"""A passkey logs in, is a second step, and confirms who it is."""

import pytest
from django.test import Client

from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.accounts.mfa.passkey_browser import CONFIRM, LOGIN, STEP, add, challenge_of, come_in, is_in, new_browser
from tests.helpers.factories import PESELS, frozen, make_account, make_examiner
from tests.helpers.html import fields_of, words_of
from tests.helpers.mfa import Device, give_totp, log_in, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_passkey_alone_logs_in(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    browser = new_browser()
    assert come_in(browser, device)["Location"] == "/konto/"
    assert is_in(browser)
    assert Session.objects.filter(account=account).count() == 2
    event = Event.objects.filter(tag=Tag.LOGIN_SUCCEEDED).latest("at")
    assert (event.subject, event.details["by"]) == (account.id, ["webauthn"])


@pytest.mark.parametrize(
    ("target", "landing"), [("/konto/dane/", "/konto/dane/"), ("https://evil.example/", "/konto/")]
)
def test_goes_on_to_addresses_of_ours_only(owner: Client, target: str, landing: str) -> None:
    device = Device()
    add(owner, device)
    assert come_in(new_browser(), device, next=target)["Location"] == landing


def test_a_passkey_is_the_second_step_of_its_own_account_only(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    other = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="jan@example.org")
    give_totp(other)
    browser = new_browser()
    log_in(browser, PESELS[1])
    browser.get(STEP)
    response = send(browser, STEP, credential=device.prove(challenge_of(browser, STEP)), code="")
    assert response.status_code == 200
    assert Event.objects.get(tag=Tag.SECOND_FACTOR_REFUSED).subject == other.id
    log_in(browser)
    browser.get(STEP)
    assert send(browser, STEP, credential=device.prove(challenge_of(browser, STEP)))["Location"] == "/konto/"
    assert is_in(browser)


def test_a_passkey_confirms_who_it_is(owner: Client) -> None:
    device = Device()
    add(owner, device)
    page = fields_of(owner.get(f"{CONFIRM}?next=/konto/dane/"))
    del page["password"], page["code"]
    page["credential"] = device.prove(challenge_of(owner, CONFIRM))
    assert owner.post(CONFIRM, page)["Location"] == "/konto/dane/"
    assert Event.objects.get(tag=Tag.IDENTITY_CONFIRMED).details == {"by": "webauthn"}
    assert "nie pasuje do twojego konta" in words_of(owner.post(CONFIRM, page))


def test_a_blocked_account_is_told_so_after_its_passkey(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    Account.objects.update(**frozen())
    browser = new_browser()
    assert "Twoje konto jest zablokowane" in words_of(come_in(browser, device))
    assert not is_in(browser)
    assert Event.objects.filter(tag=Tag.LOGIN_BLOCKED, subject=account.id).count() == 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_other_sites_get_no_challenge_and_log_nobody_in(owner: Client, headers: dict[str, str]) -> None:
    device = Device()
    add(owner, device)
    browser = new_browser()
    answer = device.prove(challenge_of(browser, LOGIN))
    elsewhere = Client(enforce_csrf_checks=True, headers=headers, SERVER_NAME="localhost", SERVER_PORT="8000")
    elsewhere.cookies = browser.cookies
    assert elsewhere.post(f"{LOGIN}wyzwanie/").status_code == 403
    elsewhere.post(LOGIN, {"credential": answer})
    assert not is_in(browser)
