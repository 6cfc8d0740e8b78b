import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import OverloadError
from egzaminator.accounts.hashers import LOGIN_SLOTS, NICENESS, HashingSlots, hashing_slot, run_in_hash_pool
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.models import Event
from egzaminator.core.process_state import process_state
from egzaminator.runtime.web_server import THREADS
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import words_of

pytestmark = pytest.mark.real_hashes


@pytest.fixture
def every_core_hashes() -> None:
    """Take every hashing slot (one a core) and release none within a request's patience."""
    slots = process_state.get(HashingSlots)
    slots.patience = 0.01
    for _ in range(os.cpu_count() or 1):
        assert slots.hashing.acquire(timeout=5)


@pytest.mark.django_db
def test_a_login_that_waits_too_long_for_its_turn_is_told_to_come_back(request: pytest.FixtureRequest) -> None:
    make_account(make_examiner())
    request.getfixturevalue("every_core_hashes")
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    response = client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "61 854 01 60" in words_of(response)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_a_new_password_that_waits_too_long_uses_up_no_link_and_is_not_set(request: pytest.FixtureRequest) -> None:
    account = make_account(make_examiner())
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    request.getfixturevalue("every_core_hashes")
    fields = dict.fromkeys(("new_password", "repeated_password"), "kasztan-rower-okno-mgla")
    response = Client().post(urlsplit(url).path, fields)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert Link.objects.get().used_at is None
    assert Account.objects.get().password == account.password


@pytest.mark.django_db
def test_pages_are_served_meanwhile(every_core_hashes: None) -> None:
    assert Client().get("/").status_code == 200


@pytest.fixture
def every_login_slot_is_taken() -> threading.BoundedSemaphore:
    """Take every slot for a log-in in this process."""
    slots = process_state.get(HashingSlots).login
    for _ in range(LOGIN_SLOTS):
        assert slots.acquire(timeout=5)
    return slots


@pytest.mark.django_db
def test_one_log_in_too_many_is_refused_before_the_database_is_asked(
    every_login_slot_is_taken: threading.BoundedSemaphore, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.get("/")  # the frame's data are queried once
    answers = []
    for _ in range(3):
        with django_assert_num_queries(0):
            answers.append(client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}))
    first, *kept = [(answer.status_code, answer.content, dict(answer.items())) for answer in answers]
    assert kept == [first, first]
    assert first[0] == 503
    assert first[2]["Retry-After"] == "30"
    assert first[2]["Cache-Control"] == "no-store"
    assert "default-src 'none'" in first[2]["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_refusal_is_in_the_language_of_the_page(every_login_slot_is_taken: threading.BoundedSemaphore) -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    for path, title in (
        ("/konto/logowanie/", "Loguje się bardzo dużo osób"),
        ("/en/konto/logowanie/", "Very many people are logging in"),
    ) * 2:
        assert title in words_of(client.post(path, {"name": PESELS[0], "secret": PASSWORD}))


@pytest.mark.django_db
def test_the_log_in_page_opens_meanwhile_and_a_log_in_succeeds_afterwards(
    every_login_slot_is_taken: threading.BoundedSemaphore,
) -> None:
    make_account(make_examiner())
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    form = {"name": PESELS[0], "secret": PASSWORD}
    statuses = [client.get("/konto/logowanie/").status_code, client.post("/konto/logowanie/", form).status_code]
    every_login_slot_is_taken.release()
    statuses.append(client.post("/konto/logowanie/", form).status_code)
    assert every_login_slot_is_taken.acquire(timeout=5)
    assert statuses == [200, 503, 302]


def test_hashing_gives_way_to_pages_in_a_fork_too() -> None:
    """A child without a thread pool of its own would wait for its parent's threads, which a fork does not copy."""

    def niceness() -> int:
        return run_in_hash_pool(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    expected = min(19, own + NICENESS)
    assert niceness() == expected > own
    child = multiprocessing.get_context("fork").Process(target=lambda: sys.exit(niceness()))
    child.start()
    child.join(30)
    assert child.exitcode == expected


def test_log_ins_leave_threads_for_pages() -> None:
    assert 0 < LOGIN_SLOTS <= THREADS - 8


def test_a_flood_holds_one_turn_and_keeps_few_waiting() -> None:
    """However large the flood. Other passwords are hashed meanwhile."""
    slots = process_state.get(HashingSlots)
    slots.hashing = threading.BoundedSemaphore(2)
    slots.throttled_waiting = threading.BoundedSemaphore(3)
    release, inside = threading.Event(), threading.Event()

    def flood() -> str:
        try:
            with hashing_slot(is_throttled=True):
                inside.set()
                release.wait(10)
        except OverloadError:
            return "busy"
        return "hashed"

    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(flood) for _ in range(8)]
        assert inside.wait(10)
        with hashing_slot():
            busy = [future.result(10) for future in islice(as_completed(waiting), 5)]
        release.set()
        assert busy == ["busy"] * 5
        assert sorted(future.result(10) for future in waiting) == ["busy"] * 5 + ["hashed"] * 3
