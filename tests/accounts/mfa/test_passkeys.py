import datetime
import json
from collections.abc import Iterator
from typing import Any, TypedDict

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.enums import EmailKind
from egzaminator.mail.models import Email
from egzaminator.rate_limits.models import Counter
from tests.helpers.factories import PESELS, frozen, make_account, make_examiner
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.mfa import Device, give_totp, log_in, send

pytestmark = pytest.mark.django_db
ADD = "/konto/drugi-skladnik/klucz/"
INDEX = "/konto/drugi-skladnik/"
LOGIN = "/konto/logowanie/klucz/"
STEP = "/konto/logowanie/drugi-krok/"
CONFIRM = "/konto/potwierdzenie/"
VERIFIED, PRESENT_ONLY = 0b101, 0b001


class Forgery(TypedDict, total=False):
    """False statements of a device, named as `Device`'s attributes."""

    origin: str
    site: str
    flags: int


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def owner(account: Account) -> Client:
    owner = new_browser()
    log_in(owner)
    return owner


def new_browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost", SERVER_PORT="8000")


def challenge_of(browser: Client, page: str, **fields: str) -> dict[str, Any]:
    token = {"csrfmiddlewaretoken": browser.cookies["csrf"].value} if "csrf" in browser.cookies else {}
    options: dict[str, Any] = browser.post(f"{page}wyzwanie/", fields | token).json()
    return options


def add(browser: Client, device: Device, name: str = "mój telefon") -> Response:
    browser.get(ADD)
    answer = device.make(challenge_of(browser, ADD, name=name))
    return send(browser, ADD, name=name, credential=answer)


def come_in(browser: Client, device: Device, **fields: str) -> Response:
    return browser.post(LOGIN, {"credential": device.prove(challenge_of(browser, LOGIN)), **fields})


def is_in(browser: Client) -> bool:
    return browser.get("/konto/").status_code == 200


def test_a_passkey_is_added_told_and_recorded(owner: Client, account: Account) -> None:
    assert add(owner, Device())["Location"] == "/konto/drugi-skladnik/kody/"
    (passkey,) = second_factors_of(account=account).passkeys
    assert (passkey.name, passkey.used_at) == ("mój telefon", None)
    assert second_factors_of(account=account).codes_left == 10
    assert Event.objects.get(tag=Tag.SECOND_FACTOR_ADDED).details == {"kind": "webauthn"}
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count() == 1
    assert add(owner, Device(), "drugi")["Location"] == INDEX


def test_nothing_is_kept_that_no_browser_has_to_send(owner: Client) -> None:
    owner.get(ADD)
    answer = json.loads(Device().make(challenge_of(owner, ADD, name="klucz"))) | {"more": "x" * 1000}
    send(owner, ADD, name="klucz", credential=json.dumps(answer))
    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response"}
    assert set(kept["response"]) == {"clientDataJSON", "attestationObject"}


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


def refused(browser: Client, answer: str) -> bool:
    response = browser.post(LOGIN, {"credential": answer}, follow=True)
    said = "Nie udało się zalogować tym kluczem dostępu." in words_of(response)
    return said and not is_in(browser)


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


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://evil.localhost.example:8000"},
        {"site": "evil.example"},
        {"flags": PRESENT_ONLY},
        {"flags": 0},
    ],
)
def test_another_site_or_an_unverified_owner_is_refused(owner: Client, wrong: Forgery) -> None:
    device = Device()
    add(owner, device)
    vars(device).update(wrong)
    browser = new_browser()
    assert refused(browser, device.prove(challenge_of(browser, LOGIN)))
    assert "Nie udało się utworzyć klucza dostępu." in words_of(add(owner, Device(**wrong)))
    assert Authenticator.objects.filter(type="webauthn").count() == 1


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


def test_a_removed_passkey_opens_nothing(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    path = f"{ADD}{second_factors_of(account=account).passkeys[0].id}/usun/"
    assert "mój telefon" in words_of(owner.get(path))
    typed = fields_of(owner.get(path))
    assert [owner.post(path, typed)["Location"] for _ in range(2)] == [INDEX, INDEX]
    assert owner.get(path).status_code == 404
    browser = new_browser()
    assert refused(browser, device.prove(challenge_of(browser, LOGIN)))


def test_ten_passkeys_are_the_most(owner: Client, account: Account) -> None:
    device = Device()
    add(owner, device)
    data = Authenticator.objects.get(type="webauthn").data
    Authenticator.objects.bulk_create(Authenticator(user=account, type="webauthn", data=data) for _ in range(9))
    assert "Masz już dziesięć kluczy dostępu." in words_of(add(owner, Device()))


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


RUBBISH = [
    "", "null", "0", "[]", "{}", '"x"', "{" * 5000, "[" * 5000, '{"id": 5}', '{"rawId": null}',
    '{"id": "a", "rawId": "b"}', '{"id": "aa", "rawId": "aa", "response": 7}', '{"response": []}',
]  # fmt: skip
BROKEN: list[object] = [None, 5, True, [], {}, "", "a", "%%%", "e30", "oA", "omNmbXQ", "ąę", "A" * 5000]


def broken(answer: str, parts: list[str]) -> Iterator[str]:
    """Yield the answer with each of these parts replaced by each broken value."""
    for part in parts:
        for value in BROKEN:
            changed = json.loads(answer)
            (changed if part in changed else changed["response"])[part] = value
            changed["rawId"] = changed["id"]
            yield json.dumps(changed)


def test_rubbish_is_refused_in_words(owner: Client) -> None:
    device, browser = Device(), new_browser()
    add(owner, device)
    answer = device.prove(challenge_of(browser, LOGIN))
    parts = ["id", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle"]
    for wrong in [*RUBBISH, *broken(answer, parts)]:
        challenge_of(browser, LOGIN)
        assert refused(browser, wrong), wrong


def test_a_new_passkey_of_rubbish_is_refused_in_words(owner: Client) -> None:
    owner.get(ADD)
    answer = Device().make(challenge_of(owner, ADD, name="klucz"))
    for wrong in [*RUBBISH, *broken(answer, ["clientDataJSON", "attestationObject", "response"])]:
        challenge_of(owner, ADD, name="klucz")
        page = send(owner, ADD, name="klucz", credential=wrong)
        assert "Nie udało się utworzyć klucza dostępu." in words_of(page), wrong
    assert not Authenticator.objects.exists()


def test_a_new_passkey_is_called_what_its_device_calls_it(owner: Client) -> None:
    device = Device()
    owner.get(ADD)
    answer = device.make(challenge_of(owner, ADD, name="klucz"))
    send(owner, ADD, name="klucz", credential=json.dumps(json.loads(answer) | {"id": "oA", "rawId": "oA"}))
    assert come_in(new_browser(), device)["Location"] == "/konto/"
