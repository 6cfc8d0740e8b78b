from contextlib import AbstractContextManager

import pytest
from django.test import Client

from egzaminator.accounts import hashers
from egzaminator.onboarding.domain import claims
from egzaminator.onboarding.domain.claims import HASHES_OF_GRANT
from egzaminator.rate_limits.domain.counters import Limit
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_examiner
from tests.helpers.html import fields_of, marks_of, words_of

pytestmark = pytest.mark.django_db
FORM = "/konto/zakladanie/"
FILLED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
}


def begin(browser: Client) -> dict[str, str]:
    """Log in for the first time. Return the hidden fields of the form's page."""
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    page = browser.get(FORM)
    return {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"], "whose": marks_of(page)[""]}


def test_a_mark_makes_so_many_hashes_an_hour_and_no_other_form_suffers(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "HASHES_OF_GRANT", Limit("claim.hashes", most=2, period=HASHES_OF_GRANT.period))
    turns: list[bool] = []
    turn = hashers.hashing_slot

    def noted(*, is_throttled: bool = False) -> AbstractContextManager[None]:
        turns.append(is_throttled)
        return turn(is_throttled=is_throttled)

    monkeypatch.setattr(hashers, "hashing_slot", noted)
    make_examiner(numbers=("A-1",))
    first = begin(browser)
    turns.clear()
    pages = [Client().post(FORM, FILLED | first) for _ in range(5)]
    assert len(turns) == 2
    assert [bool(fields_of(page).get("encrypted_password")) for page in pages] == [True, True, False, False, False]
    assert "Za dużo prób" in words_of(pages[-1])
    assert fields_of(pages[-1])["email"] == FILLED["email"]
    assert browser.post(FORM, FILLED | first).status_code == 200
    assert browser.post(FORM, FILLED | begin(browser))["Location"] == "/konto/aktywacja/"
