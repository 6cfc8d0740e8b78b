"""Cases that must be indistinguishable look the same, cost the same and write the same rows."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import argon2
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.domain import password_matching
from egzaminator.accounts.hashers import hashing_slot
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.candidates import find_candidates
from egzaminator.login.domain.log_in import LOGIN, log_in
from egzaminator.login.domain.password_reset import BY_NAME
from egzaminator.login.errors import RefusedError
from egzaminator.login.models import ResetRequest
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.rate_limits.domain.attempts import Attempt, record_attempt
from egzaminator.rate_limits.domain.counters import hit
from egzaminator.rate_limits.models import BackoffState, Counter
from egzaminator.register.domain.examiners import name_key
from egzaminator.register.enums import EntryState
from tests.helpers.factories import (
    DETAILS,
    PASSWORD,
    PESELS,
    add_entry,
    freeze,
    make_account,
    make_claim,
    make_examiner,
    make_staff,
)
from tests.helpers.html import Response

pytestmark = [pytest.mark.django_db, pytest.mark.real_hashes, pytest.mark.slow]
HOME = "127.0.0.1"
FILLED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
}
Hashes = list[tuple[int, int, int]]
WRONG = "wrong password"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        yield


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    """Record the parameters of every Argon2id that is computed."""
    computed: Hashes = []
    real = argon2.low_level.hash_secret

    def noting(secret: bytes, salt: bytes, **options: Any) -> bytes:
        computed.append((options["time_cost"], options["memory_cost"], options["parallelism"]))
        return real(secret, salt, **options)

    monkeypatch.setattr(argon2.low_level, "hash_secret", noting)
    return computed


@dataclass(frozen=True)
class Answer:
    """Everything visible of an answer, and its cost."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    hashes: tuple[tuple[int, int, int], ...]
    queries: tuple[str, ...]


def answer_of(send: Callable[[], Response], hashes: Hashes, *typed: str) -> Answer:
    """Send a request. Return the answer with random parts and the typed words replaced by placeholders."""
    hashes.clear()
    with CaptureQueriesContext(connection) as queries:
        response = send()
    text = response.content.decode()
    for word in typed:
        text = text.replace(word, "TYPED")
    text = re.sub(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", "CODE", text)
    text = re.sub(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+', "TOKEN", text)
    text = re.sub(r'(?<=name="whose" value=")[^"]+', "MARK", text)
    return Answer(
        status=response.status_code,
        text=text,
        headers=tuple(sorted(response.headers.items())),
        cookies=tuple(
            sorted(f"{name} {len(morsel.value)} {dict(morsel)}" for name, morsel in response.cookies.items())
        ),
        hashes=tuple(hashes),
        queries=tuple(statement_of(query["sql"]) for query in queries.captured_queries),
    )


def statement_of(sql: str) -> str:
    """Return an SQL statement with its values replaced by `?`. Tables, columns and conditions stay."""
    return re.sub(
        r"'[^']*'(::\w+)?|\bs\d+_x\d+\b| ?-\d+\b|\b\d+\b|\bNULL\b|\bTRUE\b|\bFALSE\b", "?", sql, flags=re.IGNORECASE
    )


def client() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def people() -> dict[str, tuple[str, str]]:
    """Create a person for every reason to refuse a log-in. Return the name and secret that are refused, by reason."""
    add_entry(make_examiner(pesel=PESELS[0], numbers=("A-1",)), "A-2", EntryState.STRUCK_OFF)
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    blocked = make_account(make_examiner(pesel=PESELS[2], numbers=("C-1",)))
    freeze(blocked)
    waiting = make_examiner(pesel=PESELS[3], numbers=("D-1",))
    for number in range(3):
        make_claim(waiting, password=f"{PASSWORD}-{number}")
    return {
        "unknown": (PESELS[4], WRONG),
        "wrong number": (PESELS[0], "A-3"),
        "struck off": (PESELS[0], "A-2"),
        "taken": (PESELS[1], "B-1"),
        "wrong password": (PESELS[1], WRONG),
        "blocked": (PESELS[2], WRONG),
        "claims": (PESELS[3], WRONG),
    }


def require_one(answers: dict[str, Answer]) -> Answer:
    """Require that all answers are equal, compared in pairs. Return that answer."""
    for first, second in itertools.combinations(answers, 2):
        for field in fields(Answer):
            assert getattr(answers[first], field.name) == getattr(answers[second], field.name), (first, second)
    return next(iter(answers.values()))


def test_every_two_refusals_of_a_log_in_are_one_answer(hashes: Hashes) -> None:
    answers, attempts = {}, people()
    for throttled in ("", ", throttled"):
        for _ in range(LOGIN.burst.most if throttled else 0):
            for name in {name for name, _secret in attempts.values()}:
                record_attempt(
                    limits=LOGIN, attempt=Attempt(account_key=find_candidates(name=name).account_key, client_key=HOME)
                )
        for kind, (name, secret) in attempts.items():
            post = partial(client().post, "/konto/logowanie/", {"name": name, "secret": secret})
            answers[kind + throttled] = answer_of(post, hashes, name)
    one = require_one(answers)
    assert (one.status, len(one.cookies), len(one.hashes)) == (302, 1, 1)
    assert one.cookies[0].startswith("refusal ")
    verbs = [query.split()[0] for query in one.queries]
    assert [verb for verb in verbs if verb != "SELECT"] == ["WITH", "INSERT", "INSERT"]
    reasons = Event.objects.filter(tag=Tag.LOGIN_REFUSED).values_list("details__reason", flat=True)
    assert set(reasons) == {reason.value for reason in Refusal} - {Refusal.UNREADABLE.value}


def test_every_two_refusals_wait_in_one_queue_however_many_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an attacker who fills the queue of floods learns by a 503 which guesses wait in it."""
    queues: list[bool] = []

    def noted(*, is_throttled: bool) -> AbstractContextManager[None]:
        queues.append(is_throttled)
        return hashing_slot(is_throttled=is_throttled)

    monkeypatch.setattr(password_matching, "hashing_slot", noted)
    elsewhere, further = "192.0.2.7", "198.51.100.7"
    # Slowly past the ten guesses allowed at a first login, then quickly, from other networks in between.
    guesses = [(40, HOME)] * 11 + [(2, HOME), (2, elsewhere), (2, HOME)] + [(2, further)] * 7
    stood = {}
    for kind, (name, secret) in people().items():
        queues.clear()
        with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as clock:
            for seconds, ip in guesses:
                clock.shift(seconds)
                with suppress(RefusedError):
                    log_in(name=name, secret=secret, ip=ip)
        stood[kind] = list(queues)
        Counter.objects.all().delete()  # some kinds share a person
        BackoffState.objects.all().delete()
    assert len({tuple(queue) for queue in stood.values()}) == 1, stood
    one = stood["unknown"]
    assert (one[0], one[-1], len(one)) == (False, True, len(guesses))


def test_every_two_refusals_to_staff_are_one_answer(hashes: Hashes) -> None:
    make_staff(email="jan@oke.example")
    require_one(
        {
            name: answer_of(
                partial(client().post, "/konto/logowanie/?next=/panel/", {"name": name, "secret": WRONG}), hashes, name
            )
            for name in ("jan@oke.example", "nie@oke.example")
        }
    )


def test_every_two_requests_for_a_new_password_are_one_answer(hashes: Hashes) -> None:
    make_staff(email="jan@oke.example")
    names = {name: kind for kind, (name, _secret) in people().items()} | {"jan@oke.example": "staff", "x": "nobody"}
    answers = {}
    for name, kind in names.items():
        ask = partial(client().post, "/konto/haslo/", {"name": name})
        answers[kind] = answer_of(ask, hashes, name)
        for _ in range(BY_NAME.most - 1):
            hit(limit=BY_NAME, of=name_key(name))
        answers[f"{kind}, throttled"] = answer_of(ask, hashes, name)
    one = require_one(answers)
    assert (one.status, one.hashes) == (302, ())
    assert set(ResetRequest.objects.values_list("is_over_limit", flat=True)) == {True, False}


def first_logins() -> dict[str, tuple[str, str]]:
    """Create examiners of whom the register knows more or less. Return PESEL and number, by what it knows."""
    make_examiner(pesel=PESELS[0], numbers=("A-1",))
    make_examiner(pesel=PESELS[1], numbers=("B-1",), email="known@example.org")
    make_examiner(pesel=PESELS[2], numbers=("C-1",), email="anna@example.org")
    add_entry(make_examiner(pesel=PESELS[3], numbers=("D-1", "D-2")), "D-3", EntryState.STRUCK_OFF)
    return {
        "no mailbox": (PESELS[0], "A-1"),
        "another mailbox": (PESELS[1], "B-1"),
        "the same mailbox": (PESELS[2], "C-1"),
        "more entries": (PESELS[3], "D-1"),
    }


def test_saving_the_form_and_its_status_tell_nothing_of_the_register(hashes: Hashes) -> None:
    saved, waiting = {}, {}
    for kind, (name, secret) in first_logins().items():
        browser = client()
        assert browser.post("/konto/logowanie/", {"name": name, "secret": secret}).status_code == 302
        saved[kind] = answer_of(partial(browser.post, "/konto/zakladanie/", FILLED), hashes, name, secret)
        notify_known_mailboxes()
        waiting[kind] = answer_of(partial(browser.get, "/konto/aktywacja/"), hashes, name, secret)
    assert require_one(saved).status == 302
    assert require_one(waiting).status == 200
    notices = Email.objects.filter(kind=EmailKind.CLAIM_NOTICE)
    assert list(notices.values_list("email", flat=True)) == ["known@example.org"]
