from typing import Any

import argon2
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import LOGIN, AccountOpened, ClaimOpened, FirstLogin, log_in
from egzaminator.login.errors import AccountBlockedError, RefusedError
from egzaminator.register.enums import EntryState
from tests.helpers.factories import (
    PASSWORD,
    PESELS,
    add_entry,
    freeze,
    make_account,
    make_claim,
    make_examiner,
    make_staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.real_hashes, pytest.mark.slow]
IP = "192.0.2.1"


def refusal_of(name: str, secret: str, email: str = IP) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        log_in(name=name, secret=secret, ip=email)
    event = Event.objects.get(case_code=caught.value.case_code)
    assert event.tag == Tag.LOGIN_REFUSED
    return Refusal(event.details["reason"])


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every Argon2id that is computed."""
    computed: list[str] = []
    real = argon2.low_level.hash_secret

    def noting(secret: bytes, salt: bytes, **options: Any) -> bytes:
        computed.append("one")
        return real(secret, salt, **options)

    monkeypatch.setattr(argon2.low_level, "hash_secret", noting)
    return computed


@pytest.mark.parametrize("typed", ["MBI/1/2019", " mbi / 1 / 2019 ", "MCH-7"])
def test_any_of_several_numbers_opens_the_form(typed: str) -> None:
    examiner = make_examiner(numbers=("MBI/1/2019", "MCH-7"))
    outcome = log_in(name=PESELS[0], secret=typed, ip=IP)
    assert isinstance(outcome, FirstLogin)
    assert outcome.entry.examiner_id == examiner.id


@pytest.mark.parametrize(
    ("issued", "typed"),
    [
        *[("1-01234", f"1{dash}01234") for dash in "\u2010\u2011\u2013\u2014\u2212\u00ad"],
        *[("1\u201301234", f"1{dash}01234") for dash in "-\u2011\u2212"],
        ("MBI/1'A", "mbi/1\u2019a"),
        ("1-01234", "\u202d1-01234\u202c"),
        ("1-01234", "1-\u200b01234"),
    ],
)
def test_a_number_is_one_whatever_its_dash_and_what_nobody_sees(issued: str, typed: str) -> None:
    make_examiner(numbers=(issued,))
    for name in (PESELS[0], f"\u202d{PESELS[0]}\u202c", f"{PESELS[0][:6]}\u2013{PESELS[0][6:]}"):
        assert isinstance(log_in(name=name, secret=typed, ip=IP), FirstLogin)


def test_an_identifier_is_accepted_where_a_pesel_is_asked_for() -> None:
    make_examiner(pesel=None, identifier="OKE-77", identifier_key="oke-77", numbers=("X-1",))
    assert isinstance(log_in(name="oke-77 ", secret="x-1", ip=IP), FirstLogin)


def test_password_of_an_account() -> None:
    account = make_account(make_examiner())
    assert log_in(name=PESELS[0], secret=PASSWORD, ip=IP) == AccountOpened(account)


def test_password_of_staff() -> None:
    account = make_staff(email="jan@oke.example")
    assert log_in(name="JAN@oke.example", secret=PASSWORD, ip=IP) == AccountOpened(account)


def test_password_of_the_second_of_several_open_claims() -> None:
    examiner = make_examiner()
    make_claim(examiner, password="inne-zupelnie-haslo")
    claim = make_claim(examiner)
    make_claim(examiner, password="jeszcze-inne-haslo-tu")
    assert log_in(name=PESELS[0], secret=PASSWORD, ip=IP) == ClaimOpened(claim)


def test_a_decomposed_password_is_the_same_password() -> None:
    make_account(make_examiner(), password="zażółć gęślą jaźń")
    outcome = log_in(name=PESELS[0], secret="zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301", ip=IP)
    assert isinstance(outcome, AccountOpened)


def test_a_number_no_longer_logs_in_once_the_account_is_active() -> None:
    make_account(make_examiner(numbers=("A-1", "A-2")))
    assert refusal_of(PESELS[0], "A-1") == Refusal.HAS_ACCOUNT
    assert refusal_of(PESELS[0], "A-2") == Refusal.HAS_ACCOUNT


def test_every_reason_is_kept_for_staff() -> None:
    examiner = make_examiner(numbers=("A-1",))
    add_entry(examiner, "A-2", EntryState.STRUCK_OFF)
    assert refusal_of(PESELS[1], "A-1") == Refusal.UNKNOWN
    assert refusal_of(PESELS[0], "A-3") == Refusal.NO_MATCH
    assert refusal_of(PESELS[0], "A-2") == Refusal.STRUCK_OFF
    make_account(examiner)
    assert refusal_of(PESELS[0], "wrong password") == Refusal.WRONG_PASSWORD


def test_struck_off_with_an_account_still_logs_in() -> None:
    examiner = make_examiner(numbers=())
    add_entry(examiner, "A-2", EntryState.STRUCK_OFF)
    make_account(examiner)
    assert isinstance(log_in(name=PESELS[0], secret=PASSWORD, ip=IP), AccountOpened)


def test_blocked_is_said_only_after_the_right_password() -> None:
    account = make_account(make_examiner())
    freeze(account)
    assert refusal_of(PESELS[0], "wrong password") == Refusal.WRONG_PASSWORD
    with pytest.raises(AccountBlockedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip=IP)


def test_the_sixth_attempt_in_a_minute_is_refused_even_with_the_right_password() -> None:
    make_account(make_examiner())
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        for _ in range(LOGIN.burst.most):
            refusal_of(PESELS[0], "wrong password")
        assert refusal_of(PESELS[0], PASSWORD) == Refusal.THROTTLED
        log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.2")
        clock.shift(61)
        log_in(name=PESELS[0], secret=PASSWORD, ip=IP)


def test_every_refusal_costs_one_hash_and_the_same_queries(hashes: list[str]) -> None:
    first = make_examiner(numbers=("A-1",))
    add_entry(first, "A-2", EntryState.STRUCK_OFF)
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    waiting = make_examiner(pesel=PESELS[2], numbers=("C-1",))
    for number in range(3):
        make_claim(waiting, password=f"{PASSWORD}-{number}")
    attempts = {
        "unknown": (PESELS[3], "A-1"),
        "no match": (PESELS[0], "A-9"),
        "struck off": (PESELS[0], "A-2"),
        "taken": (PESELS[1], "B-1"),
        "wrong password": (PESELS[1], "wrong password"),
        "claims": (PESELS[2], "wrong password"),
        "unknown staff": ("nobody@oke.example", "wrong password"),
    }
    costs = {}
    for kind, (name, secret) in attempts.items():
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            refusal_of(name, secret)
        costs[kind] = (len(hashes), len(queries))
    assert set(costs.values()) == {(1, costs["unknown"][1])}, costs


def test_ipv6_is_counted_by_the_network_that_one_household_has() -> None:
    make_account(make_examiner())
    for number in range(LOGIN.burst.most):
        refusal_of(PESELS[0], "wrong password", f"2001:db8:1:2::{number}")
    assert refusal_of(PESELS[0], PASSWORD, "2001:db8:1:2:ffff::1") == Refusal.THROTTLED
    log_in(name=PESELS[0], secret=PASSWORD, ip="2001:db8:1:3::1")
