import pytest
from django.test import Client
from django.utils import timezone, translation

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import EntryState
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.staff_browser import FIND, browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff())


def find(client: Client, asked: str) -> Response:
    return send(client, FIND, asked=asked)


@pytest.mark.parametrize("asked", [PESELS[0], f" {PESELS[0][:6]} {PESELS[0][6:]} ", "A-1", "a - 1"])
def test_staff_find_an_examiner_by_what_they_say(staff: Client, asked: str) -> None:
    examiner = make_examiner(numbers=("A-1",))
    make_claim(examiner)
    response = find(staff, asked)
    assert response["Location"] == f"/panel/egzaminatorzy/{examiner.id}/"
    words = words_of(staff.get(response["Location"]))
    assert "Anna Maria Łukasik" in words
    assert "czeka na aktywację" in words
    assert "anna@example.org" in words
    assert PESELS[0] not in words
    events = Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP)  # the search, and the page
    assert list(events.values_list("subject", "actor")) == [(examiner.id, Account.objects.get().id)] * 2


@pytest.mark.parametrize("asked", ["", PESELS[1], "B-2", "\0", "x" * 2000, "<b>", "٣"])
def test_nobody_found_is_an_error_in_words(staff: Client, asked: str) -> None:
    make_examiner(numbers=("A-1",))
    response = find(staff, asked)
    assert response.status_code == 200
    assert 'id="id_asked_error"' in response.content.decode()


def test_is_for_staff_alone(browser: Client) -> None:
    examiner = make_examiner()
    make_account(examiner)
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    token = fields_of(browser.get("/konto/haslo/"))["csrfmiddlewaretoken"]
    for path in ("/panel/egzaminatorzy/", f"/panel/egzaminatorzy/{examiner.id}/"):
        assert browser.get(path).status_code == 403
    for act in ("odblokuj", "zablokuj", "drugi-skladnik"):
        path = f"/panel/egzaminatorzy/{examiner.id}/{act}/"
        fields = {"csrfmiddlewaretoken": token, "freeze-reason": "x", "reason": "x", "second-factor-reason": "x"}
        assert browser.post(path, fields).status_code == 403
    assert Account.objects.get().is_active


def test_the_page_tells_what_to_say_in_each_state(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Pierwsze logowanie: PESEL" in words_of(staff.get(path))

    stopped = make_claim(examiner, email="obca@example.org")
    Claim.objects.filter(pk=stopped.pk).update(closed_at=timezone.now(), outcome=ClaimOutcome.STOPPED)
    make_claim(examiner)
    Email.objects.filter(email="anna@example.org").update(
        state=DeliveryState.REJECTED, cause=Cause.ADDRESS, reply_code=550, reply_text="5.1.1 no such user"
    )
    words = words_of(staff.get(path))
    assert "Link jest w e-mailu" in words
    assert "obca@example.org. Unieważniono go linkiem" in words
    assert "Nie ma takiej skrzynki" in words
    assert "550 5.1.1 no such user" in words

    examiner.entries.update(state=EntryState.STRUCK_OFF)
    examiner.claims.update(closed_at=timezone.now(), outcome=ClaimOutcome.EXPIRED)
    assert "a takiego nie ma" in words_of(staff.get(path))


def test_who_calls_without_a_code_is_helped_by_the_refused_log_ins(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Nieudane logowania" not in words_of(staff.get(path))
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", {"name": PESELS[0], "secret": "B-2"})
    words = words_of(staff.get(path))
    assert "Nieudane logowania z ostatnich siedmiu dni" in words
    with translation.override("pl"):
        assert str(Refusal.NO_MATCH.label) in words
