import datetime

import pytest
from django.test import Client

from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.panel.advice import REFUSALS
from tests.helpers.factories import PASSWORD, PESELS, examiner_of, freeze, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(browser: Client) -> Client:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    return browser


def look_up(client: Client, code: str) -> Response:
    token = fields_of(client.get("/panel/sprawy/"))["csrfmiddlewaretoken"]
    return client.post("/panel/sprawy/", {"case_code": code, "csrfmiddlewaretoken": token})


def refused_code() -> str:
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    return Event.objects.get(tag=Tag.LOGIN_REFUSED).case_code


def test_is_for_staff_alone(browser: Client) -> None:
    assert browser.get("/panel/sprawy/")["Location"] == "/konto/logowanie/?next=/panel/sprawy/"
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get("/panel/sprawy/").status_code == 403


def test_a_code_leads_to_its_reason_and_the_look_is_recorded(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    make_account(examiner)
    code = refused_code()
    page = look_up(staff, f" {code.lower().replace('-', ' ')} ")
    words = words_of(page)
    assert "Anna Maria Łukasik" in words
    assert str(Refusal.HAS_ACCOUNT.label) in words
    assert "Proszę wpisać własne hasło, a nie numer ewidencyjny." in words
    assert f'href="/panel/egzaminatorzy/{examiner.id}/"' in page.content.decode()
    event = Event.objects.get(tag=Tag.CASE_LOOKED_UP)
    assert (event.subject, event.actor) == (examiner.id, Event.objects.get(tag=Tag.LOGIN_SUCCEEDED).actor)


def test_the_words_about_a_frozen_or_closed_account_are_its_own(staff: Client) -> None:
    account = make_account(make_examiner(numbers=("A-1",)))
    code = refused_code()
    freeze(account)
    assert "muszę się upewnić, z kim rozmawiam" in words_of(look_up(staff, code))
    mark_deceased(examiner_id=examiner_of(account).id, on=datetime.date(2026, 11, 1))
    words = words_of(look_up(staff, code))
    assert "W tej sprawie nie mogę udzielić informacji przez telefon" in words
    assert "Proszę wpisać własne hasło" not in words


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 100, "\0", "<b>", "٣"])
def test_an_unknown_code_is_an_error_in_words(staff: Client, code: str) -> None:
    response = look_up(staff, code)
    assert response.status_code == 200
    assert 'id="id_case_code_error"' in response.content.decode()


def test_staff_find_the_way_to_what_guards_their_own_account(staff: Client) -> None:
    page = staff.get("/panel/moje-konto/").content.decode()
    for path in ("drugi-skladnik", "zmiana-hasla", "adres", "sesje", "historia"):
        assert f'href="/konto/{path}/"' in page
        assert staff.get(f"/konto/{path}/").status_code == 200
    assert "/panel/moje-konto/" in staff.get("/panel/").content.decode()


def test_every_reason_has_its_advice() -> None:
    assert set(REFUSALS) == set(Refusal)
