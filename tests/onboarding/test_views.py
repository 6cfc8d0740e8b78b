import datetime
import re

import pytest
import time_machine
from django.test import Client

from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import Response, fields_of, marks_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORM = "/konto/zakladanie/"
STATUS = "/konto/aktywacja/"
FILLED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
    "phone": "61 854 01 60",
}


@pytest.fixture
def first_login(browser: Client) -> Client:
    """A browser that has logged in for the first time."""
    make_examiner(numbers=("A-1",))
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    return browser


def save(client: Client, **typed: str) -> Response:
    token = {"csrfmiddlewaretoken": client.cookies["csrf"].value} if "csrf" in client.cookies else {}
    return client.post(FORM, FILLED | token | typed)


def test_nobody_sees_the_form_without_a_first_login(browser: Client) -> None:
    assert browser.get(FORM)["Location"] == "/konto/logowanie/"


def test_shows_nothing_of_the_register_but_what_was_typed(first_login: Client) -> None:
    text = first_login.get(FORM).content.decode()
    assert PESELS[0] in text
    assert "A-1" in text
    assert "Łukasik" not in text


def test_a_filled_form_leads_to_its_status(first_login: Client) -> None:
    first_login.get(FORM)
    assert save(first_login)["Location"] == STATUS
    claim = Claim.objects.get()
    assert claim.details == DETAILS
    assert (claim.email, claim.privacy_notice_version, claim.language) == ("anna@example.org", "2026-11-22", "pl")
    assert first_login.get(STATUS).status_code == 200


def test_a_second_click_on_save_leads_to_the_same_status(first_login: Client) -> None:
    first_login.get(FORM)
    save(first_login)
    assert save(first_login)["Location"] == STATUS
    assert (Claim.objects.count(), Email.objects.count()) == (1, 1)


def test_a_second_click_with_the_cookie_of_the_first_leads_there_too(first_login: Client) -> None:
    first_login.get(FORM)
    cookie = first_login.cookies["session"].value
    save(first_login)
    first_login.cookies["session"] = cookie
    assert save(first_login)["Location"] == STATUS
    assert (Claim.objects.count(), Email.objects.count()) == (1, 1)


def test_an_empty_form_names_every_missing_field(first_login: Client) -> None:
    first_login.get(FORM)
    response = save(first_login, **(dict.fromkeys(FILLED, "") | {"country": "PL", "employment": "school"}))
    marked = set(re.findall(r'<(?:input|select)[^>]*name="(\w+)"[^>]*aria-invalid="true"', response.content.decode()))
    assert marked == {
        "email",
        "new_password",
        "repeated_password",
        "first_name",
        "surname",
        "birthplace",
        "house_number",
        "postal_code",
        "locality",
        "voivodeship",
        "phone",
        "workplace_name",
        "workplace_address",
    }
    assert response.content.decode().count('<li><a href="#id_') == len(marked)
    assert re.search(r"<title>\s*(Błąd|Error):", response.content.decode())
    assert Claim.objects.count() == 0


def test_everything_typed_is_kept_beside_what_is_wrong(first_login: Client) -> None:
    first_login.get(FORM)
    response = save(first_login, postal_code="6165", surname="")
    kept = fields_of(response)
    assert kept["postal_code"] == "6165"
    assert {name: kept[name] for name in ("email", "first_name", "street", "subjects", "workplace_name")} == {
        "email": "anna@example.org",
        "first_name": "Anna",
        "street": "Długa",
        "subjects": "biologia",
        "workplace_name": "Szkoła Podstawowa nr 1",
    }


def test_a_good_password_need_not_be_typed_again(first_login: Client) -> None:
    first_login.get(FORM)
    response = save(first_login, surname="")
    kept = fields_of(response)
    assert (kept["new_password"], kept["repeated_password"]) == ("", "")
    assert PASSWORD not in response.content.decode()
    encrypted = kept["encrypted_password"]
    assert save(first_login, encrypted_password=encrypted, new_password="", repeated_password="")["Location"] == STATUS
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})["Location"] == STATUS


def test_a_password_typed_over_the_kept_one_wins(first_login: Client) -> None:
    first_login.get(FORM)
    encrypted = fields_of(save(first_login, surname=""))["encrypted_password"]
    other = "ostatecznie-inne-haslo-tutaj"
    save(first_login, encrypted_password=encrypted, new_password=other, repeated_password=other)
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert client.post("/konto/logowanie/", {"name": PESELS[0], "secret": other})["Location"] == STATUS


def test_a_seal_of_another_form_is_worth_nothing(first_login: Client) -> None:
    first_login.get(FORM)
    encrypted = fields_of(save(first_login, surname=""))["encrypted_password"]
    make_examiner(pesel=PESELS[1], numbers=("B-1",))
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    other.post("/konto/logowanie/", {"name": PESELS[1], "secret": "B-1"})
    response = save(other, encrypted_password=encrypted, new_password="", repeated_password="")
    assert response.status_code == 200
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    "password", ["krotkie", "aaaaaaaaaaaaaaaa", "qwertyuiopasdfgh", PESELS[0] * 2, "AnnaŁukasikAnnaŁukasik"]
)
def test_a_bad_password_is_refused(first_login: Client, password: str) -> None:
    first_login.get(FORM)
    response = save(first_login, new_password=password, repeated_password=password)
    assert 'id="id_new_password_error"' in response.content.decode()
    assert password not in response.content.decode().replace(PESELS[0], "") or password == "krotkie"
    assert Claim.objects.count() == 0


def test_two_different_passwords_are_refused(first_login: Client) -> None:
    first_login.get(FORM)
    response = save(first_login, repeated_password=PASSWORD + "x")
    assert 'id="id_repeated_password_error"' in response.content.decode()


def test_a_doubtful_address_is_asked_about_once(first_login: Client) -> None:
    first_login.get(FORM)
    response = save(first_login, email="sekretariat@sp1.example.org")
    kept = fields_of(response)
    again = {name: kept[name] for name in ("email", "encrypted_password")} | {
        "new_password": "",
        "repeated_password": "",
    }
    assert "Tak, tylko ja czytam sekretariat@sp1.example.org" in words_of(save(first_login, **again))
    answered = again | {"confirmed_email": "sekretariat@sp1.example.org"}
    wrong_elsewhere = save(first_login, **answered, surname="").content.decode()
    (box,) = re.findall('<input type="checkbox" name="confirmed_email"[^>]*>', wrong_elsewhere)
    assert (" checked" in box, 'value="sekretariat@sp1.example.org"' in box) == (True, True)
    assert Claim.objects.count() == 0
    assert save(first_login, **answered)["Location"] == STATUS


def test_an_outlived_form_keeps_all_and_saves_after_logging_in_again(first_login: Client) -> None:
    first_login.get(FORM)
    with time_machine.travel(datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(minutes=31), tick=False):
        response = save(first_login)
        kept = fields_of(response)
        assert Claim.objects.count() == 0
        assert (kept["email"], kept["street"], kept["name"], kept["secret"]) == ("anna@example.org", "Długa", "", "")
        again = {"encrypted_password": kept["encrypted_password"], "new_password": "", "repeated_password": ""}
        missing = save(first_login, **again, name=PESELS[0], secret="")
        assert words_of(missing).startswith("Błąd: Załóż konto")
        assert re.findall(r'<li><a href="#(\w+)">', missing.content.decode()) == ["id_secret"]
        wrong = save(first_login, **again, name=PESELS[0], secret="A-2")
        assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", words_of(wrong))
        assert fields_of(wrong)["street"] == "Długa"
        assert save(first_login, **again, name=PESELS[0], secret="A-1")["Location"] == STATUS
    assert Claim.objects.get().details == DETAILS


def test_a_form_in_a_lost_session_keeps_all_but_the_password(first_login: Client) -> None:
    mark = marks_of(first_login.get(FORM))[""]
    del first_login.cookies["session"]
    response = save(first_login, name=PESELS[0], secret="A-1", whose=mark)
    assert response["Location"] == STATUS


def test_prolonging_gives_another_half_hour(first_login: Client) -> None:
    first_login.get(FORM)
    token = first_login.cookies["csrf"].value
    now = datetime.datetime.now(tz=datetime.UTC)
    with time_machine.travel(now + datetime.timedelta(minutes=29), tick=False):
        response = first_login.post(f"{FORM}przedluz/", headers={"X-CSRFToken": token})
        assert response.json() == {"seconds": 1800}
    with time_machine.travel(now + datetime.timedelta(minutes=58), tick=False):
        assert first_login.get(FORM).status_code == 200
    with time_machine.travel(now + datetime.timedelta(minutes=60), tick=False):
        assert first_login.post(f"{FORM}przedluz/", headers={"X-CSRFToken": token}).status_code == 409


def test_an_account_activated_meanwhile_ends_the_form(first_login: Client) -> None:
    first_login.get(FORM)
    make_account(Examiner.objects.get())
    response = save(first_login)
    assert response.status_code == 200
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("rubbish", ["\0", "x" * 3000, "<b>&\"'", "a\u202eb", "٣٣", "Ж", "\n", "1\r\n2"])
def test_rubbish_in_every_field_is_never_an_error_of_ours(first_login: Client, rubbish: str) -> None:
    first_login.get(FORM)
    assert save(first_login, **dict.fromkeys(FILLED, rubbish)).status_code == 200


@pytest.mark.parametrize("field", sorted(FILLED))
def test_rubbish_in_one_field_is_never_an_error_of_ours(first_login: Client, field: str) -> None:
    first_login.get(FORM)
    assert save(first_login, **{field: "\0<b>\u202e٣Ж\n" * 100}).status_code in {200, 302}


def test_repeated_and_unknown_fields_are_never_an_error_of_ours(first_login: Client) -> None:
    first_login.get(FORM)
    token = first_login.cookies["csrf"].value
    mark = marks_of(first_login.get(FORM))[""]
    body = (
        f"csrfmiddlewaretoken={token}&whose={mark}&surname=A&surname=B&country=&x=y&phone=%FF%FE&encrypted_password=%00"
    )
    response = first_login.post(FORM, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
