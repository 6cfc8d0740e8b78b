import unicodedata
from collections.abc import Callable
from typing import Any

import argon2
import pytest
from django.test import Client

from egzaminator.accounts import hashers
from egzaminator.accounts.domain.password_matching import Match, find_match, hash_password, match_password, renew_hash
from egzaminator.accounts.hashers import Parameters
from egzaminator.accounts.models import Account
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner

pytestmark = [pytest.mark.real_hashes, pytest.mark.slow]


def test_finds_the_hash_that_fits() -> None:
    hashes = [hash_password(password=word, salt="one salt for all of them") for word in ("first", "second", "third")]
    assert match_password(password="second", hashes=hashes) == 1
    assert match_password(password="fourth", hashes=hashes) is None


def test_hashes_with_other_salts_are_compared_too() -> None:
    hashes = [hash_password(password="first"), hash_password(password="second")]
    assert match_password(password="second", hashes=hashes) == 1


def test_nothing_fits_nothing() -> None:
    assert match_password(password="nobody's password", hashes=[]) is None


def test_hashes_carry_owasps_parameters() -> None:
    assert hash_password(password="x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


CHEAP = Parameters(time_cost=1, memory_cost=8 * 1024, parallelism=1)
SALT = "one salt for all of them"


def hashed_cheaply(password: str, salt: str = SALT) -> str:
    hasher = hashers.Argon2idHasher()
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = CHEAP
    return hasher.encode(password, salt)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[Parameters]:
    """Set cheaper former parameters. Return the list of the parameters of every Argon2id computed since."""
    monkeypatch.setattr("egzaminator.accounts.domain.password_matching.FORMER", [CHEAP])
    computed: list[Parameters] = []
    compute = argon2.low_level.hash_secret

    def count(secret: bytes, salt: bytes, **options: Any) -> bytes:
        computed.append(Parameters(options["time_cost"], options["memory_cost"], options["parallelism"]))
        return compute(secret, salt, **options)

    monkeypatch.setattr(argon2.low_level, "hash_secret", count)
    return computed


def test_nfc_and_nfd_are_one_password() -> None:
    text = "zażółć gęślą jaźń"
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert composed != apart
    for chosen, typed in [(composed, apart), (apart, composed)]:
        assert match_password(password=typed, hashes=[hash_password(password=chosen)]) == 0


def test_a_password_hashed_with_former_parameters_is_hashed_anew(costs: list[Parameters]) -> None:
    renewed = hash_password(password="right", salt=SALT)
    assert find_match(password="right", hashes=[hashed_cheaply("right")]) == Match(0, renewed)
    assert find_match(password="right", hashes=[renewed]) == Match(0, None)


def test_everybody_costs_the_same_while_former_parameters_are_about(costs: list[Parameters]) -> None:
    seen = set()
    for hashes in [
        [],
        [hashed_cheaply("right")],
        [hash_password(password="right", salt=SALT)],
        [hash_password(password="right", salt=SALT), hashed_cheaply("other")],
        [hash_password(password="right")],
    ]:
        for typed in ("right", "wrong"):
            costs.clear()
            match_password(password=typed, hashes=hashes)
            seen.add(tuple(sorted(costs)))
    assert seen == {(CHEAP, hashers.CURRENT)}


@pytest.mark.django_db
def test_a_log_in_renews_the_hash_and_stays_logged_in(costs: list[Parameters]) -> None:
    account = make_account(make_examiner())
    assert account.examiner is not None
    cheap = hashed_cheaply(PASSWORD, account.examiner.password_salt)
    Account.objects.update(password=cheap)
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "not the password"})
    assert Account.objects.get().password == cheap
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get("/konto/").status_code == 200
    renewed = Account.objects.get().password
    assert renewed == hash_password(password=PASSWORD, salt=account.examiner.password_salt)
    browser.post("/konto/wyloguj/")
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert Account.objects.get().password == renewed


def logged_in(*, secret: str = PASSWORD) -> Client:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": secret})
    return browser


def are_in(*browsers: Client) -> list[bool]:
    return [browser.get("/konto/").status_code == 200 for browser in browsers]


@pytest.fixture
def costly_to_come(monkeypatch: pytest.MonkeyPatch) -> Callable[[Parameters], None]:
    """Return a function that changes the current hashing parameters, as a new release may."""

    def change(parameters: Parameters) -> None:
        former = [*hashers.FORMER, hashers.CURRENT]
        for module in ("hashers", "domain.password_matching"):
            monkeypatch.setattr(f"egzaminator.accounts.{module}.FORMER", former)
            monkeypatch.setattr(f"egzaminator.accounts.{module}.CURRENT", parameters)

    return change


@pytest.mark.django_db
def test_renewing_a_hash_logs_nobody_out_and_changing_the_password_does(
    costly_to_come: Callable[[Parameters], None],
) -> None:
    account = make_account(make_examiner())
    first = logged_in()
    seen = [account.password]
    for passes in (3, 4):  # one renewal after another
        costly_to_come(Parameters(time_cost=passes, memory_cost=8 * 1024, parallelism=1))
        second = logged_in()
        seen.append(Account.objects.get().password)
        assert are_in(first, second) == [True, True]
    assert len(set(seen)) == 3

    # Change the row directly. The use case would delete the sessions, but here their bond to the password is tested.
    Account.objects.update(password=hash_password(password="zupelnie-nowe-haslo", salt=SALT))
    assert are_in(first, second) == [False, False]


@pytest.mark.django_db
def test_after_a_renewal_too_a_new_password_ends_every_other_session(costs: list[Parameters]) -> None:
    account = make_account(make_examiner())
    assert account.examiner is not None
    Account.objects.update(password=hashed_cheaply(PASSWORD, account.examiner.password_salt))
    with_former_hash = Client()
    with_former_hash.force_login(Account.objects.get())
    browser = logged_in()
    assert are_in(with_former_hash, browser) == [True, True]
    new = {"new_password": "zupelnie-nowe-haslo-2026", "repeated_password": "zupelnie-nowe-haslo-2026"}
    assert browser.post("/konto/zmiana-hasla/", {"password": PASSWORD} | new).status_code == 302
    assert are_in(with_former_hash, browser) == [False, True]
    assert are_in(logged_in(), logged_in(secret="zupelnie-nowe-haslo-2026")) == [False, True]


@pytest.mark.django_db
def test_two_log_ins_that_renew_one_hash_are_both_in(costs: list[Parameters]) -> None:
    account = make_account(make_examiner())
    stale, other = Account.objects.get(), Account.objects.get()
    renew_hash(account=other, renewed="renewed")
    renew_hash(account=stale, renewed="renewed")  # came second, and has read the former hash only
    now = Account.objects.get()
    assert now.password == "renewed"
    assert {one.get_session_auth_hash() for one in (stale, other, now)} == {account.get_session_auth_hash()}


@pytest.mark.django_db
def test_a_password_changed_meanwhile_is_not_overwritten() -> None:
    account = make_account(make_examiner())
    Account.objects.update(password="changed meanwhile")
    renew_hash(account=account, renewed="renewed")
    assert Account.objects.get().password == "changed meanwhile"
