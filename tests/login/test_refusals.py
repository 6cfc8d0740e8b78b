"""Refusals are carried over a redirect in a cookie. A browser that keeps no cookies is told so."""

import datetime

import pytest
import time_machine
from django.core import signing
from django.test import Client

from egzaminator.accounts.models import Session
from egzaminator.login.forms import ForgottenPasswordForm, LoginForm
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import fields_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOG_IN = "/konto/logowanie/"
RIGHT = {"name": PESELS[0], "secret": PASSWORD}
CHECKED = {"check-cookies": ""}


@pytest.fixture
def client() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture(autouse=True)
def _account() -> None:
    make_account(make_examiner())


def test_a_refused_log_in_is_shown_after_a_redirect_as_often_as_one_looks(client: Client) -> None:
    answer = client.post(LOG_IN, RIGHT | {"secret": "wrong password"})
    assert (answer.status_code, answer["Location"]) == (302, LOG_IN)
    shown = words_of(client.get(LOG_IN))
    code = shown.partition("Kod sprawy: ")[2][:9]
    assert len(code) == 9
    assert code in words_of(client.get(LOG_IN))
    assert fields_of(client.get(LOG_IN))["name"] == ""
    assert Session.objects.count() == 0
    now = datetime.datetime.now(tz=datetime.UTC)
    with time_machine.travel(now + datetime.timedelta(minutes=11)):
        assert code not in words_of(client.get(LOG_IN))


def test_the_cookie_holds_nothing_that_was_typed(client: Client) -> None:
    client.post(LOG_IN, RIGHT | {"secret": "wrong password"})
    cookie = client.cookies["refusal"]
    kept = signing.loads(cookie.value, salt="login.refusals")
    assert kept.keys() == {"page", "kind", "case_code", "wrong"}
    assert (kept["kind"], kept["wrong"]) == ("refused", {})
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)


@pytest.mark.parametrize(
    ("page", "typed", "says"),
    [
        (LOG_IN, {"name": "", "secret": ""}, "Wpisz hasło"),
        (LOG_IN, {"name": PESELS[0], "secret": ""}, "Wpisz hasło"),
        ("/konto/haslo/", {"name": ""}, "Wpisz"),
    ],
)
def test_wrong_fields_are_shown_after_a_redirect(client: Client, page: str, typed: dict[str, str], says: str) -> None:
    assert client.post(page, typed)["Location"] == page
    shown = client.get(page)
    assert 'aria-invalid="true"' in shown.content.decode()
    assert says in words_of(shown)
    assert PESELS[0] not in shown.content.decode()
    assert Session.objects.count() == 0


# Page, field, input and message of every error whose text has a number or a word filled in.
FILLED_IN = {
    (LOG_IN, "length"): ("4405140135", "powinien mieć 11 cyfr, a wpisano ich 10"),
    (LOG_IN, "lookalike"): ("44O51401359", "sprawdź, czy zamiast cyfry nie ma litery „O”"),
    (LOG_IN, "forbidden"): ("a\N{ZERO WIDTH SPACE}b\x01", "W polu „PESEL” jest niewidoczny znak"),
    (LOG_IN, "digits"): ("a\N{ARABIC-INDIC DIGIT ONE}", "W polu „PESEL” użyj zwykłych cyfr od 0 do 9"),
    (LOG_IN, "max_length"): ("x" * 41, "Skróć treść pola „PESEL” do 40 znaków; teraz ma ich 41"),
}
FILLED_IN |= {("/konto/haslo/", code): said for (_, code), said in FILLED_IN.items()}


@pytest.mark.parametrize(("where", "said"), FILLED_IN.items())
def test_an_error_is_shown_with_its_numbers_and_words(
    client: Client, where: tuple[str, str], said: tuple[str, str]
) -> None:
    page, code = where
    client.post(page, {"name": said[0], "secret": "x"})
    kept = signing.loads(client.cookies["refusal"].value, salt="login.refusals")
    assert kept["wrong"]["name"]["code"] == code
    assert said[0] not in client.cookies["refusal"].value
    assert all(
        isinstance(value, int) or len(value) == 1 for name, value in kept["wrong"]["name"].items() if name != "code"
    )
    assert said[1] in words_of(client.get(page))


def test_every_error_that_is_filled_in_is_tried() -> None:
    for page, form in ((LOG_IN, LoginForm()), ("/konto/haslo/", ForgottenPasswordForm())):
        texts = {code: str(text) for field in form.fields.values() for code, text in field.error_messages.items()}
        assert {code for code, text in texts.items() if "%(" in text} == {
            code for place, code in FILLED_IN if place == page
        }


def test_who_is_in_is_no_longer_told_of_a_refusal(client: Client) -> None:
    client.post(LOG_IN, RIGHT | {"secret": "wrong password"})
    assert client.post(LOG_IN, RIGHT)["Location"] == "/konto/"
    assert client.cookies["refusal"].value == ""


@pytest.mark.parametrize(
    "forged",
    ["x", "a:b:c", pytest.param(signing.dumps({"page": "login"}, salt="another"), id="signed-for-another-purpose")],
)
def test_a_forged_cookie_shows_nothing(client: Client, forged: str) -> None:
    client.cookies["refusal"] = forged
    page = client.get(LOG_IN)
    assert page.status_code == 200
    assert "Kod sprawy" not in words_of(page)


def test_staff_are_led_back_to_their_log_in(client: Client) -> None:
    answer = client.post(LOG_IN, RIGHT | {"secret": "wrong password", "next": "/panel/"})
    assert answer["Location"] == f"{LOG_IN}?next=%2Fpanel%2F"


@pytest.mark.parametrize("secret", [PASSWORD, "wrong password"])
def test_without_cookies_one_is_told_how_to_allow_them(secret: str) -> None:
    forgetful = {"Sec-Fetch-Site": "same-origin"}
    answer = Client(headers=forgetful).post(LOG_IN, RIGHT | CHECKED | {"secret": secret})
    assert answer["Location"].startswith(f"{LOG_IN}ciasteczka/?next=")
    page = Client(headers=forgetful).get(answer["Location"])
    assert page.status_code == 200
    assert "nie zapisuje plików cookie" in words_of(page)
    assert "Jak włączyć pliki cookie" in words_of(page)


@pytest.mark.parametrize(("secret", "place"), [(PASSWORD, "/konto/"), ("wrong password", LOG_IN)])
def test_a_browser_that_keeps_them_goes_on(client: Client, secret: str, place: str) -> None:
    answer = client.post(LOG_IN, RIGHT | CHECKED | {"secret": secret})
    assert client.get(answer["Location"])["Location"] == place


def test_who_has_a_cookie_already_takes_no_way_round(client: Client) -> None:
    client.get(LOG_IN)
    assert client.post(LOG_IN, RIGHT | CHECKED)["Location"] == "/konto/"


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_check_leads_to_addresses_of_ours_alone(client: Client, place: str) -> None:
    client.get(LOG_IN)
    assert client.get(f"{LOG_IN}ciasteczka/", {"next": place})["Location"] == LOG_IN


def test_the_forms_of_the_log_in_ask_for_the_check(client: Client) -> None:
    assert "check-cookies" in fields_of(client.get(LOG_IN))
    assert "check-cookies" in fields_of(client.get("/en/"))
