"""Two first logins in two tabs of one browser, and forms whose session is gone."""

import pytest
from django.test import Client

from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import Response, fields_of, marks_of, words_of
from tests.helpers.mfa import give_totp, log_in, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORM = "/konto/zakladanie/"
STATUS = "/konto/aktywacja/"
STEP = "/konto/logowanie/drugi-krok/"
FILLED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
    "phone": "61 854 01 60",
}
OTHER_PERSON = "W tej przeglądarce zalogowała się w międzyczasie inna osoba."


@pytest.fixture(autouse=True)
def _people() -> None:
    make_examiner(numbers=("A-1", "A-2"))
    make_examiner(pesel=PESELS[1], numbers=("B-1",))


def begin(browser: Client, name: str, number: str) -> dict[str, str]:
    """Log in for the first time. Return the hidden fields of the form's page."""
    browser.post("/konto/logowanie/", {"name": name, "secret": number})
    return hidden_in(browser.get(FORM))


def hidden_in(page: Response) -> dict[str, str]:
    fields = fields_of(page)
    kept = {name: fields[name] for name in ("csrfmiddlewaretoken", "encrypted_password") if fields.get(name)}
    return kept | {"whose": marks_of(page)[""]}


def test_the_form_of_one_person_is_never_saved_for_another(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    begin(browser, PESELS[1], "B-1")
    page = browser.post(FORM, FILLED | anna | {"csrfmiddlewaretoken": browser.cookies["csrf"].value})
    assert Claim.objects.count() == 0
    assert page.status_code == 200
    assert OTHER_PERSON in words_of(page)
    assert fields_of(page)["email"] == FILLED["email"]
    assert fields_of(page)["street"] == FILLED["street"]
    assert PASSWORD not in page.content.decode()
    assert PESELS[1] not in page.content.decode()
    assert "B-1" not in page.content.decode()

    # The log-in on this page accepts only the person it was made for.
    no_password = {"new_password": "", "repeated_password": ""}
    strange = browser.post(FORM, FILLED | no_password | hidden_in(page) | {"name": PESELS[1], "secret": "B-1"})
    assert Claim.objects.count() == 0
    assert "zaczęła inna osoba" in words_of(strange)
    own = browser.post(FORM, FILLED | no_password | hidden_in(strange) | {"name": PESELS[0], "secret": "A-1"})
    assert own["Location"] == STATUS
    pesel = Claim.objects.get().examiner.pesel
    assert pesel is not None
    assert pesel.digits == PESELS[0]
    assert Claim.objects.get().entry.number == "A-1"


def test_saved_by_the_second_the_first_keeps_all(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    ewa = begin(browser, PESELS[1], "B-1")
    assert browser.post(FORM, FILLED | ewa | {"email": "ewa@example.org"})["Location"] == STATUS
    page = browser.post(FORM, FILLED | anna | {"csrfmiddlewaretoken": browser.cookies["csrf"].value})
    assert OTHER_PERSON in words_of(page)
    assert fields_of(page)["email"] == FILLED["email"]
    assert "ewa@example.org" not in page.content.decode()
    assert [claim.email for claim in Claim.objects.all()] == ["ewa@example.org"]


def test_a_second_first_login_of_the_same_person_is_said_and_keeps_the_password(browser: Client) -> None:
    first = begin(browser, PESELS[0], "A-1")
    begin(browser, PESELS[0], "A-2")
    page = browser.post(FORM, FILLED | first | {"csrfmiddlewaretoken": browser.cookies["csrf"].value})
    assert (page.status_code, Claim.objects.count()) == (409, 0)
    assert OTHER_PERSON not in words_of(page)
    assert "Ta strona została otwarta przed twoim ostatnim logowaniem" in words_of(page)
    assert "A-2" in words_of(page)
    saved = browser.post(FORM, FILLED | {"new_password": "", "repeated_password": ""} | hidden_in(page))
    assert saved["Location"] == STATUS
    assert Claim.objects.get().entry.number == "A-2"


def test_with_deleted_cookies_the_form_comes_back_with_the_log_in_fields(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    browser.cookies.clear()
    page = browser.post(FORM, FILLED | anna)
    assert page.status_code == 403
    assert "logowanie w tej przeglądarce już wygasło" in words_of(page)
    assert {"name", "secret"} <= fields_of(page).keys()
    assert fields_of(page)["email"] == FILLED["email"]
    no_password = {"new_password": "", "repeated_password": ""}
    saved = browser.post(FORM, FILLED | no_password | hidden_in(page) | {"name": PESELS[0], "secret": "A-1"})
    assert saved["Location"] == STATUS
    again = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert again.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})["Location"] == STATUS


def test_an_old_token_of_the_right_session_asks_for_no_log_in(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    page = browser.post(FORM, FILLED | anna | {"csrfmiddlewaretoken": "x" * 64})
    assert (page.status_code, Claim.objects.count()) == (403, 0)
    assert "secret" not in fields_of(page)
    encrypted = FILLED | {"new_password": "", "repeated_password": ""} | hidden_in(page)
    assert browser.post(FORM, encrypted)["Location"] == STATUS


@pytest.mark.parametrize("mark", ["", "x"])
def test_a_form_that_does_not_say_whose_it_is_saves_nothing(browser: Client, mark: str) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    assert browser.post(FORM, FILLED | anna | {"whose": mark}).status_code == 409
    bare = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    refused = bare.post(FORM, FILLED | {"whose": mark})
    assert refused.status_code == 403
    assert FILLED["email"] not in refused.content.decode()
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_another_site_does_not_fill_in_the_form(browser: Client, headers: dict[str, str]) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    elsewhere = Client(enforce_csrf_checks=True, headers=headers)
    refused = elsewhere.post(FORM, FILLED | anna)
    assert refused.status_code == 403
    assert FILLED["email"] not in refused.content.decode()


def test_another_language_keeps_what_was_typed_and_the_password(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    page = browser.post(f"/en{FORM}", FILLED | anna | {"postal_code": "zły", "in-this-language": ""})
    assert page.status_code == 200
    assert "Create your account" in words_of(page)
    assert fields_of(page)["postal_code"] == "zły"
    assert "aria-invalid" not in page.content.decode()
    assert PASSWORD not in page.content.decode()
    encrypted = FILLED | {"new_password": "", "repeated_password": ""} | hidden_in(page)
    assert browser.post(f"/en{FORM}", encrypted)["Location"] == "/en/konto/aktywacja/"


def test_what_one_status_page_asks_does_not_happen_to_another_claim(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    browser.post(FORM, FILLED | anna)
    page = browser.get(STATUS)
    marks = marks_of(page)
    correction = marks_of(browser.get(f"{STATUS}adres/"))[""]
    ewa = begin(browser, PESELS[1], "B-1")
    browser.post(FORM, FILLED | ewa | {"email": "ewa@example.org"})
    token = {"csrfmiddlewaretoken": browser.cookies["csrf"].value}
    before = list(Claim.objects.order_by("created_at").values())
    for path in (f"{STATUS}ponownie/", f"{STATUS}zakoncz/"):
        answer = browser.post(path, token | {"whose": marks[path]})
        assert answer["Location"] == STATUS
        assert OTHER_PERSON in words_of(browser.get(STATUS))
    typed = {"email": "nowa@example.org", "password": PASSWORD, "whose": correction}
    kept = browser.post(f"{STATUS}adres/", token | typed)
    assert (kept.status_code, fields_of(kept)["email"]) == (409, "nowa@example.org")
    assert "ewa@example.org" not in kept.content.decode()
    assert list(Claim.objects.order_by("created_at").values()) == before


def test_more_time_is_given_to_the_form_that_asks_for_it(browser: Client) -> None:
    anna = begin(browser, PESELS[0], "A-1")
    begin(browser, PESELS[1], "B-1")
    asked = {"whose": anna["whose"], "csrfmiddlewaretoken": browser.cookies["csrf"].value}
    assert browser.post(f"{FORM}przedluz/", asked).status_code == 409


def test_a_log_in_that_is_half_way_ends_where_another_person_begins(browser: Client) -> None:
    ewa = make_account(Examiner.objects.get(entries__number="B-1"), email="ewa@example.org")
    make_claim(Examiner.objects.get(entries__number="A-1"))
    give_totp(ewa)
    for secret in ("A-1", PASSWORD):  # leads to the form, or to the page of a form that waits
        assert log_in(browser, PESELS[1])["Location"] == STEP
        assert log_in(browser, PESELS[0], secret)["Location"] in {FORM, STATUS}
        assert browser.get(STEP)["Location"] == "/konto/logowanie/"
        assert browser.post(STEP, {"code": totp_code()}).status_code in {302, 403}
        assert browser.get("/konto/").status_code == 302


def test_nobody_is_logged_in_beside_the_person_whose_form_is_open(browser: Client) -> None:
    make_account(Examiner.objects.get(entries__number="B-1"), email="ewa@example.org")
    anna = begin(browser, PESELS[0], "A-1")
    assert log_in(browser, PESELS[1])["Location"] == "/konto/"
    token = {"csrfmiddlewaretoken": browser.cookies["csrf"].value}
    again = browser.post(FORM, FILLED | anna | token | {"name": PESELS[0], "secret": "A-1"})
    assert again["Location"] == STATUS
    assert browser.get(STATUS).status_code == 200
    assert browser.get("/konto/").status_code == 302
