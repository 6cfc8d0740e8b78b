import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.models import Account, EmailChange, Link
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/konto/adres/"
OLD, NEW = "anna@example.org", "nowa@example.org"
NOW = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def examiner(clock: time_machine.Traveller, browser: Client) -> Client:
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def post(client: Client, path: str = PATH, **typed: str) -> Response:
    token = fields_of(client.get(path if path.startswith(("/e/", "/n/")) else PATH))["csrfmiddlewaretoken"]
    return client.post(path, {"csrfmiddlewaretoken": token} | typed)


def ask(client: Client, email: str = NEW, password: str = PASSWORD, **typed: str) -> Response:
    return post(client, email=email, password=password, **typed)


def waiting() -> list[str]:
    return list(EmailChange.objects.filter(closed_at__isnull=True).values_list("new", flat=True))


@pytest.mark.parametrize("path", [PATH, f"{PATH}ponownie/", f"{PATH}anuluj/"])
def test_is_closed_to_who_is_not_logged_in(path: str) -> None:
    client = Client()
    response = client.get(path) if path == PATH else client.post(path)
    assert response["Location"] == f"/konto/logowanie/?next={path}"


@pytest.mark.parametrize("path", ["ponownie/", "anuluj/"])
def test_what_changes_something_is_a_post(examiner: Client, path: str) -> None:
    assert examiner.get(PATH + path).status_code == 405


def test_a_request_is_shown_with_where_its_mail_is(examiner: Client) -> None:
    assert ask(examiner)["Location"] == PATH
    words = words_of(examiner.get(PATH))
    assert "Nowy adres czeka na potwierdzenie" in words
    assert NEW in words
    assert "Termin ważności linku: środa, 25 listopada 2026, 10:54." in words
    assert "E-mail czeka na wysłanie" in words
    assert NEW in words_of(examiner.get("/konto/"))
    Email.objects.filter(kind=EmailKind.NEW_EMAIL).update(
        state=DeliveryState.REJECTED, attempts=1, reply_code=550, reply_text="5.1.1 no such user"
    )
    assert "E-mail został odrzucony" in words_of(examiner.get(PATH))


def test_a_wrong_password_is_said_beside_it_and_the_address_is_kept(examiner: Client) -> None:
    response = ask(examiner, password="wrong password here")
    assert response.status_code == 200
    assert fields_of(response)["email"] == NEW
    assert 'href="#id_password">To nie jest twoje obecne hasło' in response.content.decode()
    assert words_of(response).startswith("Błąd:")
    assert waiting() == []


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "Wpisz swój adres e-mail"),
        ("anna", "Wpisz cały adres e-mail"),
        ("Anna@Example.org", "To jest twój obecny adres"),
    ],
)
def test_a_wrong_address_is_refused_in_words(examiner: Client, email: str, says: str) -> None:
    response = ask(examiner, email)
    assert response.status_code == 200
    assert says in words_of(response)
    assert waiting() == []


@pytest.mark.parametrize(
    ("email", "says"),
    [("sekretariat@sp1.pl", "Czy tę skrzynkę czytają też inni"), ("anna@gmial.com", "anna@gmail.com")],
)
def test_a_doubtful_address_draws_one_question(examiner: Client, email: str, says: str) -> None:
    asked = ask(examiner, email)
    assert says in words_of(asked)
    assert waiting() == []
    # Saving again does not answer the question. Neither does a box ticked for another address.
    for answer in ({}, {"confirmed_email": "on"}, {"confirmed_email": "anna@gmali.com"}):
        assert says in words_of(ask(examiner, email, **answer))
    assert f'<input type="checkbox" name="confirmed_email" value="{email}"' in asked.content.decode()
    assert ask(examiner, email, confirmed_email=email)["Location"] == PATH
    assert waiting() == [email]


def test_too_many_changes_are_refused_beside_the_address(examiner: Client) -> None:
    for number in range(3):
        ask(examiner, f"n{number}@example.org")
    response = ask(examiner)
    assert 'href="#id_email">Adres można zmieniać najwyżej trzy razy dziennie' in response.content.decode()


def test_sending_again_and_cancelling(clock: time_machine.Traveller, examiner: Client) -> None:
    ask(examiner)
    clock.shift(18)
    assert "Kolejny możesz wysłać za 42 sekundy" in words_of(
        examiner.get(post(examiner, f"{PATH}ponownie/")["Location"])
    )
    clock.shift(42)
    post(examiner, f"{PATH}ponownie/")
    assert Email.objects.filter(kind=EmailKind.NEW_EMAIL).count() == 2
    post(examiner, f"{PATH}anuluj/")
    assert waiting() == []
    assert "Zmiana została anulowana" in words_of(examiner.get(PATH))
    for path in ("ponownie/", "anuluj/"):
        assert "Żadna zmiana adresu nie czeka" in words_of(examiner.get(post(examiner, PATH + path)["Location"]))


def test_past_the_days_mails_the_page_says_that_none_went_out(examiner: Client) -> None:
    ask(examiner)
    EmailChange.objects.update(sends=0)
    assert "E-mail nie został wysłany" in words_of(examiner.get(PATH))


# The link -----------------------------------------------------------------------------------------------------------


def test_get_and_head_change_nothing_then_post_works_once(examiner: Client) -> None:
    ask(examiner)
    path = mailed_path(EmailKind.NEW_EMAIL, NEW)
    before = (list(Link.objects.values()), list(EmailChange.objects.values()), list(Account.objects.values()))
    page = examiner.get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["Cache-Control"] == "no-store"
    assert set(fields_of(page)) == {"csrfmiddlewaretoken"}
    assert examiner.head(path).status_code == 200
    assert (list(Link.objects.values()), list(EmailChange.objects.values()), list(Account.objects.values())) == before
    assert post(examiner, path)["Location"] == "/konto/adres/zmieniony/"
    assert Account.objects.get().email == NEW
    assert "Nowy adres jest potwierdzony" in words_of(examiner.get("/konto/adres/zmieniony/"))
    again = examiner.get(path)
    assert again.status_code == 410
    assert "Adres jest już potwierdzony" in words_of(again)


def test_another_browser_is_asked_for_the_password(examiner: Client) -> None:
    ask(examiner)
    path = mailed_path(EmailKind.NEW_EMAIL, NEW)
    other = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert post(other, path).status_code == 200
    refused = post(other, path, password="wrong password here")
    assert "To nie jest twoje obecne hasło" in words_of(refused)
    assert Account.objects.get().email == OLD
    assert post(other, path, password=PASSWORD)["Location"] == "/konto/adres/zmieniony/"
    assert Account.objects.get().email == NEW


def test_in_somebody_elses_session_nothing_can_be_pressed(examiner: Client) -> None:
    ask(examiner)
    path = mailed_path(EmailKind.NEW_EMAIL, NEW)
    make_staff()
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    other.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert "Jan Nowak" in words_of(other.get(path))
    assert other.post(path, {"password": PASSWORD}).status_code == 200
    assert Account.objects.get(examiner__isnull=False).email == OLD


@pytest.mark.parametrize("path", ["/e/x/", "/e/AAAAAAAAAAAAAAAAAAAAAA/", "/e/ż/"])
def test_a_made_up_link_is_unknown(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    assert "Ten link jest niepełny" in words_of(response)


def test_dead_links_say_why(clock: time_machine.Traveller, examiner: Client) -> None:
    ask(examiner)
    first = mailed_path(EmailKind.NEW_EMAIL, NEW)
    ask(examiner, "inna@example.org")
    withdrawn = examiner.get(first)
    assert withdrawn.status_code == 410
    assert "Tę zmianę zastąpiła inna" in words_of(withdrawn)
    second = mailed_path(EmailKind.NEW_EMAIL, "inna@example.org")
    clock.shift(datetime.timedelta(days=3))
    expired = Client().get(second)
    assert expired.status_code == 410
    assert "Link do nowego adresu jest ważny trzy dni" in words_of(expired)


def test_staff_change_their_own_and_a_colleagues_address_is_refused_at_the_link(
    clock: time_machine.Traveller, browser: Client
) -> None:
    make_staff(email="nowa@example.org")
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert ask(browser)["Location"] == PATH
    path = mailed_path(EmailKind.NEW_EMAIL, NEW)
    assert "Tego adresu nie można użyć" in words_of(post(browser, path))
    assert Account.objects.filter(email="jan@oke.example").count() == 1


def test_what_arrives_reads_as_it_should(
    clock: time_machine.Traveller, examiner: Client, mailbox: Receiver, empty_queue: None
) -> None:
    ask(examiner)
    post(examiner, mailed_path(EmailKind.NEW_EMAIL, NEW))
    deliver_due()
    delivered = {(received.recipient, str(received.email["Subject"])) for received in mailbox.received}
    assert delivered == {
        (NEW, "Potwierdź nowy adres e-mail w Serwisie egzaminatorów"),
        (OLD, "Zgłoszono zmianę twojego adresu e-mail w Serwisie egzaminatorów"),
        (OLD, "Zmieniono twój adres e-mail w Serwisie egzaminatorów"),
    }
