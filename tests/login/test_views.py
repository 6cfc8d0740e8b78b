import re

import pytest
from django.test import Client

from egzaminator.accounts.models import Session
from egzaminator.accounts.sessions import digest_of
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.models import ResetRequest
from egzaminator.register.enums import EntryState
from tests.helpers.factories import PASSWORD, PESELS, add_entry, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOGIN = "/konto/logowanie/"


def log_in(client: Client, name: str = PESELS[0], secret: str = PASSWORD, **more: str) -> Response:
    return client.post(LOGIN, {"name": name, "secret": secret, **more})


def test_a_password_leads_to_my_account(browser: Client) -> None:
    account = make_account(make_examiner())
    response = log_in(browser)
    assert (response.status_code, response["Location"]) == (302, "/konto/")
    session = Session.objects.get()
    assert (session.account, session.ip) == (account, "127.0.0.1")
    assert Event.objects.get(tag=Tag.LOGIN_SUCCEEDED).actor == account.id


def test_staff_are_led_to_the_panel(browser: Client) -> None:
    make_staff(email="jan@oke.example")
    page = browser.get(f"{LOGIN}?next=/panel/").content.decode()
    (field,) = re.findall(r'<input [^>]*id="id_name"[^>]*>', page)
    assert re.findall(r'(?:type|inputmode)="[a-z]+"', field) == ['type="email"', 'inputmode="email"']
    assert log_in(browser, "jan@oke.example")["Location"] == "/panel/"


def test_staff_are_asked_for_what_their_fields_are_called(browser: Client) -> None:
    page = browser.get(log_in(browser, "", "", next="/panel/")["Location"]).content.decode()
    assert re.findall(r'<a href="#id_\w+">([^<]+)</a>', page) == ["Wpisz swój służbowy adres e-mail", "Wpisz hasło"]


def test_the_first_login_asks_for_a_number_by_its_name(browser: Client) -> None:
    add_entry(make_examiner(numbers=("A-1",)), number="B-2")
    page = browser.get(f"{LOGIN}?pierwsze=1").content.decode()
    assert re.findall(r"<h1>([^<]+)</h1>", page) == ["Pierwsze logowanie"]
    assert re.findall(r"<label [^>]+>([^<]+)</label>", page) == ["PESEL", "Numer ewidencyjny"]
    (field,) = re.findall(r'<input [^>]*id="id_secret"[^>]*>', page)
    assert 'type="text"' in field
    assert 'autocomplete="off"' in field
    assert "passkey" not in page
    assert log_in(browser, secret="B-2", pierwsze="")["Location"] == "/konto/zakladanie/"


def test_a_refused_first_login_is_told_on_its_own_page(browser: Client) -> None:
    first = f"{LOGIN}?pierwsze=1"
    assert log_in(browser, secret="Z-9", pierwsze="")["Location"] == first
    page = browser.get(first).content.decode()
    assert "Kod sprawy:" in page
    assert "Z-9" not in page
    assert log_in(browser, "", "", pierwsze="")["Location"] == first
    page = browser.get(first).content.decode()
    assert re.findall(r'<a href="#id_\w+">([^<]+)</a>', page) == [
        "Wpisz swój numer PESEL",
        "Wpisz swój numer ewidencyjny",
    ]


def test_a_number_leads_to_the_form_and_a_claims_password_to_its_status(browser: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    assert log_in(browser, secret="A-1")["Location"] == "/konto/zakladanie/"
    make_claim(examiner)
    assert log_in(browser)["Location"] == "/konto/aktywacja/"


@pytest.mark.parametrize(
    ("target", "landing"),
    [
        ("/konto/dane/", "/konto/dane/"),
        ("https://evil.example/", "/konto/"),
        ("//evil.example/", "/konto/"),
        ("javascript:alert(1)", "/konto/"),
        ("/\\evil.example", "/konto/"),
    ],
)
def test_goes_on_to_addresses_of_ours_only(browser: Client, target: str, landing: str) -> None:
    make_account(make_examiner())
    assert log_in(browser, next=target)["Location"] == landing


def test_every_refusal_is_the_same_page_but_for_the_case_code(browser: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    add_entry(examiner, "A-2", EntryState.STRUCK_OFF)
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    attempts = [
        (PESELS[3], "A-1"),
        (PESELS[0], "A-9"),
        (PESELS[0], "A-2"),
        (PESELS[1], "B-1"),
        (PESELS[1], "wrong password"),
    ]
    pages = set()
    for name, secret in attempts:
        response = log_in(Client(headers={"Sec-Fetch-Site": "same-origin"}), name, secret)
        text = response.content.decode().replace(name, "PESEL")
        text = re.sub(r"[A-Z0-9]{4}-[A-Z0-9]{4}", "CODE", text)
        text = re.sub(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+', "TOKEN", text)
        headers = frozenset((key, value) for key, value in response.headers.items() if key != "Content-Length")
        pages.add((response.status_code, text, headers, frozenset(response.cookies)))
    assert len(pages) == 1
    assert len(set(Event.objects.values_list("case_code", flat=True))) == len(attempts)


def test_what_was_typed_for_a_password_is_never_sent_back(browser: Client) -> None:
    response = browser.get(log_in(browser, secret="my secret words")["Location"])
    assert "my secret words" not in response.content.decode()
    assert fields_of(response)["name"] == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://["},
        {},
    ],
)
def test_a_login_from_elsewhere_gets_the_login_page(headers: dict[str, str]) -> None:
    make_account(make_examiner())
    client = Client(enforce_csrf_checks=True, headers=headers)
    response = client.get(log_in(client)["Location"])
    assert "csrfmiddlewaretoken" in fields_of(response)
    assert "Przeglądarka nie podała" in words_of(response)
    assert (Session.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_the_box_needs_no_token_from_a_page_of_ours(headers: dict[str, str]) -> None:
    make_account(make_examiner())
    client = Client(enforce_csrf_checks=True, headers=headers)
    assert log_in(client)["Location"] == "/konto/"


def test_the_token_of_the_login_page_does_where_the_browser_says_nothing() -> None:
    make_account(make_examiner())
    client = Client(enforce_csrf_checks=True)
    token = fields_of(client.get(LOGIN))["csrfmiddlewaretoken"]
    assert log_in(client, csrfmiddlewaretoken=token)["Location"] == "/konto/"


def test_the_box_stands_on_the_home_page_but_not_on_the_login_page(browser: Client) -> None:
    assert {"name", "secret"} <= set(fields_of(browser.get("/")))
    assert browser.get(LOGIN).content.decode().count('name="secret"') == 1


def test_log_out_is_a_post_and_ends_the_session(browser: Client) -> None:
    make_account(make_examiner())
    log_in(browser)
    assert browser.get("/konto/wyloguj/").status_code == 405
    token = fields_of(browser.get("/konto/"))["csrfmiddlewaretoken"]
    assert browser.post("/konto/wyloguj/").status_code == 403
    assert browser.post("/konto/wyloguj/", {"csrfmiddlewaretoken": token})["Location"] == "/konto/wylogowano/"
    assert browser.get("/konto/")["Location"] == "/konto/logowanie/?next=/konto/"
    assert Event.objects.filter(tag=Tag.LOGGED_OUT).count() == 1


@pytest.mark.parametrize(("email", "home"), [("", "/konto/"), ("jan@oke.example", "/panel/")])
def test_a_log_in_from_an_old_tab_says_that_somebody_is_in_already(browser: Client, email: str, home: str) -> None:
    owner = make_account(make_examiner())
    if email:
        owner = make_staff(email=email)
    log_in(browser, email or PESELS[0])
    recorded = Event.objects.count()
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)))
    for name, secret in ((PESELS[1], PASSWORD), (PESELS[1], "wrong words"), (email or PESELS[0], PASSWORD), ("", "")):
        answer = log_in(browser, name, secret, next="/konto/dane/")
        assert (answer.status_code, answer["Location"]) == (302, home)
        stored = str(dict(browser.session))
        assert not any(typed and typed in stored for typed in (name, secret))
        said = words_of(browser.get(home))
        assert said.count("więc nie użyto właśnie wysłanego logowania") == 1
        assert "najpierw się wyloguj" in said
    assert (Event.objects.count(), Session.objects.get().account) == (recorded, owner)
    for answer in (browser.get(LOGIN), browser.post(LOGIN)):
        assert answer["Location"] == home
        assert "wysłanego logowania" not in words_of(browser.get(home))


def test_the_session_gets_a_new_id_at_login(browser: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    log_in(browser, secret="A-1")
    before = browser.cookies["session"].value
    make_account(examiner)
    log_in(browser)
    assert browser.cookies["session"].value != before
    assert not Session.objects.filter(session_key=digest_of(before)).exists()


def test_a_forgotten_password_is_answered_the_same_for_every_name(browser: Client) -> None:
    make_account(make_examiner())
    answers = set()
    for name in (PESELS[0], PESELS[1]):
        token = fields_of(browser.get("/konto/haslo/"))["csrfmiddlewaretoken"]
        response = browser.post("/konto/haslo/", {"name": name, "csrfmiddlewaretoken": token}, follow=True)
        answers.add((response.redirect_chain[0], words_of(response)))
    assert len(answers) == 1
    assert ResetRequest.objects.count() == 2


@pytest.mark.parametrize("field", ["name", "secret"])
@pytest.mark.parametrize(
    "rubbish",
    ["", "\0", "44051401358", "x" * 5000, "<b>", "４４０５１４０１３５８", "a\u202eb", "@", "\n", "٤٤٠٥١٤٠١٣٥٨"],
)
def test_rubbish_is_never_an_error_of_ours(browser: Client, field: str, rubbish: str) -> None:
    typed = {"name": PESELS[0], "secret": PASSWORD} | {field: rubbish}
    assert browser.get(browser.post(LOGIN, typed)["Location"]).status_code == 200
