"""Limits on guessing, and that owners can log in despite a throttle that strangers caused."""

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.devices import remember_device
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import FIRST_LOGIN, LOGIN, AccountOpened, ClaimOpened, FirstLogin, Outcome, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.rate_limits.domain.attempts import Attempt, record_attempt
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOME = "192.0.2.1"
WRONG = "wrong password"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        yield clock


def attempt(secret: str = WRONG, *, name: str = PESELS[0], email: str = HOME, device: str = "") -> Outcome | Refusal:
    """Return the outcome, or the reason of a refusal."""
    try:
        return log_in(name=name, secret=secret, ip=email, device=device)
    except RefusedError as refused:
        return Refusal(Event.objects.get(case_code=refused.case_code).details["reason"])


def guess_without_hashing(account: Account, network: str) -> None:
    record_attempt(limits=LOGIN, attempt=Attempt(account_key=str(account.examiner_id), client_key=network))


def flood(account: Account) -> None:
    """Guess from many networks at once, until every other client has to wait."""
    for number in range(20):
        guess_without_hashing(account, f"198.51.100.{number}")


@pytest.mark.parametrize("name", ["440514-01359", "４４０５１４０１３５９", " 44051401359\u00a0", "4405 1401 359"])
def test_spellings_of_one_pesel_share_their_attempts(clock: time_machine.Traveller, name: str) -> None:
    make_account(make_examiner())
    for _ in range(LOGIN.burst.most):
        attempt()
    assert attempt(PASSWORD, name=name) == Refusal.THROTTLED


def test_pesel_and_identifier_of_one_person_share_their_attempts(clock: time_machine.Traveller) -> None:
    make_account(make_examiner(identifier="OKE-77", identifier_key="oke-77"))
    for _ in range(LOGIN.burst.most):
        attempt(name="oke-77")
    assert attempt(PASSWORD) == Refusal.THROTTLED


def test_spellings_of_an_unknown_name_share_their_attempts(clock: time_machine.Traveller) -> None:
    for _ in range(LOGIN.burst.most):
        attempt(name=PESELS[1])
    assert attempt(name="800716-10614") == Refusal.THROTTLED


def test_strangers_make_a_person_wait_for_half_a_minute_at_most(clock: time_machine.Traveller) -> None:
    account = make_account(make_examiner())
    for _ in range(30):
        flood(account)
        clock.shift(30)
    flood(account)
    assert attempt(PASSWORD) == Refusal.THROTTLED
    clock.shift(30)
    assert attempt(PASSWORD) == AccountOpened(account)


def test_a_known_device_gets_past_the_pause_and_is_held_to_its_own(clock: time_machine.Traveller) -> None:
    account = make_account(make_examiner())
    device = remember_device(account=account, token="", user_agent="").token
    flood(account)
    assert attempt(PASSWORD) == Refusal.THROTTLED
    assert attempt(PASSWORD, device="x" * 22) == Refusal.THROTTLED
    assert attempt(PASSWORD, device=device) == AccountOpened(account)
    for _ in range(LOGIN.burst.most - 1):
        assert attempt(device=device) == Refusal.WRONG_PASSWORD
    assert attempt(PASSWORD, device=device) == Refusal.THROTTLED


def test_a_device_is_known_to_nobody_but_its_account(clock: time_machine.Traveller) -> None:
    mine = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    device = remember_device(account=mine, token="", user_agent="").token
    flood(make_account(make_examiner()))
    assert attempt(PASSWORD, device=device) == Refusal.THROTTLED


def test_one_network_holds_nobody_up_elsewhere(clock: time_machine.Traveller) -> None:
    account = make_account(make_examiner())
    for _ in range(600):
        guess_without_hashing(account, "198.51.100.1")
        clock.shift(0.05)
    assert attempt(PASSWORD) == AccountOpened(account)


def test_registration_numbers_are_guessed_at_ten_times_a_day(clock: time_machine.Traveller) -> None:
    make_examiner(numbers=("A-1",))
    for _ in range(FIRST_LOGIN.daily.most):
        assert attempt("A-2") == Refusal.NO_MATCH
        clock.shift(60)
    assert attempt("A-1") == Refusal.THROTTLED
    assert isinstance(attempt("A-1", email="192.0.2.2"), FirstLogin)
    clock.shift(24 * 60 * 60)
    assert isinstance(attempt("A-1"), FirstLogin)


def test_passwords_may_be_mistyped_more_often(clock: time_machine.Traveller) -> None:
    account = make_account(make_examiner())
    for _ in range(3 * FIRST_LOGIN.daily.most):
        assert attempt() == Refusal.WRONG_PASSWORD
        clock.shift(60)
    assert attempt(PASSWORD) == AccountOpened(account)


def test_the_right_secret_begins_the_day_anew(clock: time_machine.Traveller) -> None:
    claim = make_claim(make_examiner())
    for _ in range(3 * FIRST_LOGIN.daily.most):
        assert attempt(PASSWORD) == ClaimOpened(claim)
        clock.shift(60)


def test_a_school_logs_in_from_one_address_and_a_thief_of_pesels_does_not(clock: time_machine.Traveller) -> None:
    account = make_account(make_examiner())
    assert LOGIN.distinct_accounts.most == 300
    for number in range(LOGIN.distinct_accounts.most - 1):
        record_attempt(limits=LOGIN, attempt=Attempt(account_key=f"nobody-{number}", client_key=HOME))
    assert attempt(name="nobody-300") == Refusal.UNKNOWN
    assert attempt(PASSWORD) == Refusal.THROTTLED
    device = remember_device(account=account, token="", user_agent="").token
    assert attempt(PASSWORD, device=device) == AccountOpened(account)
    clock.shift(60 * 60)
    assert attempt(PASSWORD) == AccountOpened(account)


@pytest.mark.parametrize(
    ("proxies", "header", "throttled"),
    [
        (0, "203.0.113.{}", 1),
        (1, "203.0.113.{}, 192.0.2.1", 1),
        (2, "203.0.113.{}, 192.0.2.1, 10.0.0.1", 1),
        (1, "192.0.2.1, 203.0.113.{}", 0),
    ],
)
def test_what_the_client_writes_in_front_of_the_proxies_changes_nothing(
    clock: time_machine.Traveller, settings: Settings, proxies: int, header: str, throttled: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    make_account(make_examiner())
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    for number in range(LOGIN.burst.most + 1):
        client.post(
            "/konto/logowanie/",
            {"name": PESELS[0], "secret": WRONG},
            headers={"X-Forwarded-For": header.format(number)},
        )
    reasons = [event.details["reason"] for event in Event.objects.filter(tag=Tag.LOGIN_REFUSED)]
    assert reasons.count(Refusal.THROTTLED) == throttled


def test_a_log_in_through_the_site_uses_the_device(clock: time_machine.Traveller, browser: Client) -> None:
    account = make_account(make_examiner())
    typed = {"name": PESELS[0], "secret": PASSWORD}
    browser.post("/konto/logowanie/", typed)
    browser.cookies.pop("session")
    flood(account)
    assert browser.post("/konto/logowanie/", typed)["Location"] == "/konto/"
    assert (
        Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", typed)["Location"]
        == "/konto/logowanie/"
    )


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_counted_exactly() -> None:
    make_account(make_examiner())
    results = [result for _ in range(2) for result in at_once(*[partial(attempt)] * 6)]
    assert results.count(Refusal.WRONG_PASSWORD) == LOGIN.burst.most
    assert results.count(Refusal.THROTTLED) == 12 - LOGIN.burst.most
