import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts import stashed_form
from egzaminator.accounts.models import ProfileChange, Session
from egzaminator.rate_limits.domain.counters import Limit
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import Response, fields_of, marks_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIELDS = {name: value for name, value in DETAILS.items() if value is not False}
LOG_IN = "/konto/logowanie/?next=/konto/dane/"


@pytest.fixture
def examiner(browser: Client) -> Client:
    make_account(make_examiner(numbers=("A-1",)))
    log_in(browser)
    return browser


def log_in(client: Client, name: str = PESELS[0]) -> None:
    assert client.post(LOG_IN, {"name": name, "secret": PASSWORD})["Location"] == "/konto/dane/"


def send_late(client: Client, **typed: str) -> Response:
    """Send the form from a page that was open when the session ended."""
    page = client.get("/konto/dane/")
    Session.objects.all().delete()
    kept = {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"], "whose": marks_of(page)[""]}
    return client.post("/konto/dane/", FIELDS | kept | typed)


def test_what_was_sent_too_late_is_there_after_the_next_log_in(examiner: Client) -> None:
    assert send_late(examiner, locality="Gniezno", postal_code="6165")["Location"] == LOG_IN
    assert "minął czas logowania" in words_of(examiner.get(LOG_IN))
    log_in(examiner)
    page = examiner.get("/konto/dane/")
    assert "Nie jest jeszcze zapisane" in words_of(page)
    assert (fields_of(page)["locality"], fields_of(page)["postal_code"]) == ("Gniezno", "6165")
    assert ProfileChange.objects.count() == 0

    sent = FIELDS | {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"], "locality": "Gniezno"}
    assert examiner.post("/konto/dane/", sent)["Location"] == "/konto/"
    assert ProfileChange.objects.get().new == "Gniezno"
    assert "Nie jest jeszcze zapisane" not in words_of(examiner.get("/konto/dane/"))


def test_nobody_else_who_logs_in_there_sees_it(examiner: Client) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="ewa@example.org")
    send_late(examiner, locality="Gniezno")
    log_in(examiner, PESELS[1])
    assert "Gniezno" not in examiner.get("/konto/dane/").content.decode()


def test_it_is_stored_unreadable_and_gone_after_half_an_hour(examiner: Client) -> None:
    send_late(examiner, locality="Gniezno")
    assert "Gniezno" not in str(Session.objects.get().get_decoded())
    log_in(examiner)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31)):
        assert "Gniezno" not in examiner.get("/konto/dane/").content.decode()


@pytest.mark.parametrize("typed", [{"whose": ""}, {"whose": "nobody:1:x"}])
def test_only_what_our_own_page_can_send_is_kept(examiner: Client, typed: dict[str, str]) -> None:
    assert send_late(examiner, **typed)["Location"] == LOG_IN
    assert Session.objects.count() == 0


def test_a_mark_of_ones_own_fills_no_table_and_nothing_typed_is_lost(
    examiner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = stashed_form.OF_ONE_ACCOUNT
    monkeypatch.setattr(stashed_form, "OF_ONE_ACCOUNT", Limit(limit.name, most=3, period=limit.period))
    sent = FIELDS | {"whose": marks_of(examiner.get("/konto/dane/"))[""], "locality": "Gniezno"}
    before = Session.objects.count()
    answers = [Client().post("/konto/dane/", sent) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 409, 409]
    assert Session.objects.count() == before + 3
    assert fields_of(answers[-1])["locality"] == "Gniezno"
