import os

import pytest
from django.test import Client

from egzaminator.accounts import hashers
from egzaminator.audit.models import Event
from tests.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.pages_of import words_of


@pytest.fixture
def every_core_hashes(monkeypatch):
    """As many passwords as there are cores are being hashed, and none is done within a request's patience."""
    monkeypatch.setattr(hashers, "_PATIENCE", 0.01)
    turns = os.cpu_count() or 1
    for _ in range(turns):
        assert hashers._turns.acquire(timeout=5)  # noqa: SLF001 -- what another thread would hold
    yield
    for _ in range(turns):
        hashers._turns.release()  # noqa: SLF001 -- as above


@pytest.mark.django_db
def test_a_login_that_waits_too_long_for_its_turn_is_told_to_come_back(request):
    make_account(make_examiner())
    request.getfixturevalue("every_core_hashes")
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    response = client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "61 854 01 60" in words_of(response)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_pages_are_served_meanwhile(every_core_hashes):
    assert Client().get("/").status_code == 200
