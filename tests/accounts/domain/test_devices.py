from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.devices import forget_devices, name_device, recognise_device, remember_device
from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.passwords import set_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, KnownDevice
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_claim, make_examiner
from tests.helpers.html import Response, fields_of
from tests.helpers.links import mailed_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)


def log_in(client: Client, name: str = PESELS[0], secret: str = PASSWORD, user_agent: str = FIREFOX) -> Response:
    return client.post("/konto/logowanie/", {"name": name, "secret": secret}, headers={"User-Agent": user_agent})


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (SAFARI, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36", "Chrome, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/141.0 Safari/537.36 OPR/122.0", "Opera, macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/141.0.0.0 Safari/537.36", "Chrome, ChromeOS"),
        ("curl/8.14.1", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_what_its_owner_knows_it_by(user_agent: str, name: str) -> None:
    assert name_device(user_agent=user_agent) == name


def test_a_completed_log_in_makes_the_browser_known(browser: Client) -> None:
    account = make_account(make_examiner())
    cookie = log_in(browser).cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 31536000, "/")
    assert (cookie["secure"], cookie["domain"]) == ("", "")
    device = KnownDevice.objects.get()
    assert (device.account, device.label) == (account, "Firefox, Windows")
    assert recognise_device(account_id=account.id, token=cookie.value) == device
    assert cookie.value.encode() not in bytes(device.digest)


def test_the_cookie_is_bound_to_the_host_where_there_is_https(browser: Client, settings: Settings) -> None:
    settings.DEVICE_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-device", True
    make_account(make_examiner())
    cookie = log_in(browser).cookies["__Host-device"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_a_known_browser_is_seen_again(browser: Client) -> None:
    account = make_account(make_examiner())
    first = log_in(browser).cookies["device"].value
    seen = KnownDevice.objects.get()
    browser.cookies.pop("session")
    assert log_in(browser, user_agent=SAFARI).cookies["device"].value == first
    again = KnownDevice.objects.get(account=account)
    assert (again.id, again.label, again.first_seen_at) == (seen.id, "Safari, iPhone", seen.first_seen_at)
    assert again.last_seen_at > seen.last_seen_at


def test_accounts_that_share_a_browser_share_nothing_in_the_table(browser: Client) -> None:
    accounts = [make_account(make_examiner(pesel=pesel, numbers=(pesel,))) for pesel in PESELS[:2]]
    tokens = set()
    for pesel in PESELS[:2]:
        tokens.add(log_in(browser, pesel).cookies["device"].value)
        browser.cookies.pop("session")
    assert len(tokens) == 1
    digests = {bytes(device.digest) for device in KnownDevice.objects.all()}
    assert len(digests) == 2
    token = tokens.pop()
    found = [recognise_device(account_id=account.id, token=token) for account in accounts]
    assert [device and device.account for device in found] == accounts


def test_whether_a_browser_is_new_is_told() -> None:
    account = make_account(make_examiner())
    first = remember_device(account=account, token="", user_agent=FIREFOX)
    assert (first.label, first.is_new) == ("Firefox, Windows", True)
    again = remember_device(account=account, token=first.token, user_agent=FIREFOX)
    assert (again.token, again.is_new) == (first.token, False)
    other = remember_device(account=account, token="", user_agent=FIREFOX)
    assert other.is_new
    assert other.token != first.token


@pytest.mark.parametrize("rubbish", ["x", "a" * 4000, "é" * 22, "=" * 22])
def test_what_is_no_token_is_replaced(browser: Client, rubbish: str) -> None:
    make_account(make_examiner())
    browser.cookies["device"] = rubbish
    assert len(log_in(browser).cookies["device"].value) == 22


def test_no_refusal_and_no_first_login_sets_the_cookie(browser: Client) -> None:
    account = make_account(make_examiner(numbers=("A-1",)))
    assert "device" not in log_in(browser, secret="wrong password").cookies
    freeze(account)
    assert "device" not in log_in(browser).cookies
    make_examiner(pesel=PESELS[1], numbers=("B-1",))
    assert "device" not in log_in(browser, PESELS[1], "B-1").cookies
    assert KnownDevice.objects.count() == 0


def test_a_new_password_by_link_forgets_every_device_but_the_one_it_was_set_on(browser: Client) -> None:
    account = make_account(make_examiner())
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})
    log_in(stranger)
    kept = log_in(browser).cookies["device"].value
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    page = url.removeprefix("http://localhost:8000")
    token = fields_of(browser.get(page))["csrfmiddlewaretoken"]
    new = {"new_password": "zupelnie-nowe-haslo-2026", "repeated_password": "zupelnie-nowe-haslo-2026"}
    assert browser.post(page, new | {"csrfmiddlewaretoken": token}).status_code == 302
    assert KnownDevice.objects.get() == recognise_device(account_id=account.id, token=kept)


def test_a_link_makes_the_browser_known_that_it_is_used_in(browser: Client) -> None:
    claim = make_claim(make_examiner())
    activation = f"/a/{mailed_token(EmailKind.ACTIVATION, claim.email)}/"
    token = fields_of(browser.get(activation))["csrfmiddlewaretoken"]
    activated = browser.post(activation, {"password": PASSWORD, "csrfmiddlewaretoken": token})
    account = Account.objects.get()
    assert recognise_device(account_id=account.id, token=activated.cookies["device"].value)
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    elsewhere = Client()
    new = {"new_password": "zupelnie-nowe-haslo-2026", "repeated_password": "zupelnie-nowe-haslo-2026"}
    reset = elsewhere.post(url.removeprefix("http://localhost:8000"), new)
    assert reset.cookies["device"].value != activated.cookies["device"].value
    assert KnownDevice.objects.get() == recognise_device(account_id=account.id, token=reset.cookies["device"].value)


def test_a_frozen_account_forgets_all_devices() -> None:
    account = make_account(make_examiner())
    remember_device(account=account, token="", user_agent=FIREFOX)
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=account.email, language="pl")
    freeze_by_link(token=url.rstrip("/").rpartition("/")[2])
    assert KnownDevice.objects.count() == 0


def test_forgetting_leaves_other_accounts_alone() -> None:
    mine, other = (make_account(make_examiner(pesel=pesel, numbers=(pesel,))) for pesel in PESELS[:2])
    token = remember_device(account=mine, token="", user_agent="").token
    for _ in range(2):
        remember_device(account=mine, token="", user_agent="")
    remember_device(account=other, token=token, user_agent="")
    assert forget_devices(account=mine, but=token) == 2
    assert forget_devices(account=mine) == 1
    assert KnownDevice.objects.get().account == other


def test_a_log_in_that_a_new_password_or_a_freeze_overtook_leaves_no_known_device() -> None:
    account = make_account(make_examiner())
    as_it_was = Account.objects.get(pk=account.pk)
    set_password(account=account, encoded=hash_password(password="zupelnie-nowe-haslo-2026"))
    assert remember_device(account=as_it_was, token="", user_agent=FIREFOX).is_new
    assert KnownDevice.objects.count() == 0
    freeze(account)
    assert remember_device(account=Account.objects.get(pk=account.pk), token="", user_agent=FIREFOX).is_new
    assert KnownDevice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_log_ins_while_the_password_changes_leave_no_session_and_no_device() -> None:
    account = make_account(make_examiner())
    browsers = [Client(headers={"Sec-Fetch-Site": "same-origin"}) for _ in range(3)]
    assert account.examiner is not None
    encoded = hash_password(password="zupelnie-nowe-haslo-2026", salt=account.examiner.password_salt)

    def change() -> None:
        with transaction.atomic():
            set_password(account=Account.objects.select_for_update().get(pk=account.pk), encoded=encoded)

    at_once(*[partial(log_in, browser) for browser in browsers], change)
    assert [browser.get("/konto/").status_code for browser in browsers] == [302] * 3
    assert KnownDevice.objects.count() == 0
