import datetime
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_claim, make_examiner
from tests.helpers.html import Response, fields_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STATUS = "/konto/aktywacja/"
NOW = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)  # 10:54 in Warsaw


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def waiting(clock: time_machine.Traveller, browser: Client) -> Client:
    """A browser that sees a claim's status."""
    make_claim(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    browser.get(STATUS)
    return browser


def post(client: Client, path: str, **typed: str) -> Response:
    return client.post(path, {"csrfmiddlewaretoken": client.cookies["csrf"].value} | typed)


def state_of(client: Client) -> str:
    page = client.get(f"{STATUS}?part=1").content.decode()
    return page.partition('data-state="')[2].partition('"')[0]


def test_nobody_else_sees_it() -> None:
    make_claim(make_examiner())
    assert Client().get(STATUS)["Location"] == "/konto/logowanie/"


@pytest.mark.parametrize("path", ["ponownie/", "zakoncz/"])
def test_what_changes_something_is_a_post(waiting: Client, path: str) -> None:
    assert waiting.get(STATUS + path).status_code == 405


def test_shows_where_the_mail_is(waiting: Client) -> None:
    assert state_of(waiting) == DeliveryState.QUEUED
    Email.objects.update(state=DeliveryState.ACCEPTED, accepted_at=NOW)
    assert state_of(waiting) == DeliveryState.ACCEPTED
    assert "10:54" in words_of(waiting.get(STATUS))


def test_shows_why_it_was_refused_and_what_the_server_said(waiting: Client) -> None:
    Email.objects.update(
        state=DeliveryState.REJECTED,
        attempts=1,
        reply_code=550,
        reply_text="5.1.1 <b>no</b> such user",
        cause=Cause.ADDRESS,
    )
    page = waiting.get(STATUS)
    assert state_of(waiting) == DeliveryState.REJECTED
    assert "550 5.1.1 <b>no</b> such user" in words_of(page)
    assert "<b>no</b>" not in page.content.decode()


def test_helps_to_look_for_an_email_only_where_there_is_one(waiting: Client) -> None:
    assert "Gdzie go szukać" in words_of(waiting.get(STATUS))
    Email.objects.update(state=DeliveryState.REJECTED, attempts=1, reply_code=550, reply_text="5.1.1 no such user")
    page = words_of(waiting.get(STATUS))
    assert "Gdzie go szukać" not in page
    assert "Nic nie pomaga? Zadzwoń: 61 854 01 60" in page


def test_after_a_refusal_correcting_the_address_comes_first_and_nobody_is_sent_to_the_spam_folder(
    waiting: Client,
) -> None:
    Email.objects.update(state=DeliveryState.REJECTED, attempts=1, reply_code=550, cause=Cause.ADDRESS)

    page = waiting.get(STATUS).content.decode()

    correct, resend = page.index("/konto/aktywacja/adres/"), page.index("/konto/aktywacja/ponownie/")
    assert correct < resend
    (first, *_) = re.findall(r'class="button[^>]*>([^<]*)<', page[page.index("<h1>") :])
    assert first == "Popraw adres"
    assert "Gdzie go szukać" not in page


def test_an_email_whose_link_ended_is_sent_again_first(waiting: Client) -> None:
    Email.objects.update(state=DeliveryState.REJECTED, attempts=1, cause=Cause.LAPSED)

    page = waiting.get(STATUS).content.decode()

    assert "E-mail nie został wysłany" in page
    (first, *_) = re.findall(r'class="button[^>]*>([^<]*)<', page[page.index("<h1>") :])
    assert first == "Wyślij ponownie"


def test_the_boards_trouble_is_told_as_the_boards(waiting: Client) -> None:
    later = NOW + datetime.timedelta(minutes=5)
    Email.objects.update(
        state=DeliveryState.DEFERRED, attempts=3, cause=Cause.BOARD, reply_text="553 5.1.8", due_at=later
    )

    words = words_of(waiting.get(STATUS))

    assert "Serwer poczty, przez który komisja wysyła e-maile, na razie ich nie przekazuje" in words
    assert "Nie ma takiej skrzynki" not in words
    assert "Sami spróbujemy ponownie o godz. 10:59." in words
    assert "W razie potrzeby będziemy próbować dalej. Koniec prób: niedziela, 29 listopada 2026, 10:54." in words


@pytest.mark.parametrize(
    ("took", "words"),
    [
        (0.2, "około 1 sekundy"),
        (3, "około 3 sekund"),
        (59, "około 59 sekund"),
        (61, "około 1 minuty"),
        (150, "około 2 minut"),
        (3000, "około 50 minut"),
    ],
)
def test_the_pace_is_said_as_it_is(waiting: Client, took: float, words: str) -> None:
    Email.objects.update(
        state=DeliveryState.ACCEPTED, created_at=NOW - datetime.timedelta(seconds=took), accepted_at=NOW, attempts=1
    )

    assert f"W ostatniej godzinie wysłanie e-maila trwało {words}." in words_of(waiting.get(STATUS))


def test_what_is_said_of_earlier_links_is_one_truth(waiting: Client) -> None:
    assert "Linki z wcześniejszych e-maili na ten adres też działają, dopóki nie stracą ważności" in words_of(
        waiting.get(STATUS)
    )
    assert "Link wysłany na stary adres przestanie działać" in words_of(waiting.get(f"{STATUS}adres/"))


def test_sending_again_waits_a_minute(clock: time_machine.Traveller, waiting: Client) -> None:
    clock.shift(18)
    assert "42" in words_of(
        waiting.post(f"{STATUS}ponownie/", {"csrfmiddlewaretoken": waiting.cookies["csrf"].value}, follow=True)
    )
    assert Email.objects.count() == 1
    clock.shift(42)
    post(waiting, f"{STATUS}ponownie/")
    assert Email.objects.count() == 2


def test_the_address_is_corrected_with_the_password(waiting: Client) -> None:
    path = f"{STATUS}adres/"
    assert fields_of(waiting.get(path))["email"] == "anna@example.org"
    wrong = post(waiting, path, email="right@example.org", password="wrong password here")
    assert 'id="id_password_error"' in wrong.content.decode()
    assert fields_of(wrong)["email"] == "right@example.org"
    assert post(waiting, path, email="right@example.org", password=PASSWORD)["Location"] == STATUS
    assert Claim.objects.get().email == "right@example.org"
    assert "right@example.org" in words_of(waiting.get(STATUS))


def test_a_doubtful_correction_is_asked_about_until_it_is_answered(waiting: Client) -> None:
    path, email = f"{STATUS}adres/", "anna@gmial.com"
    for _ in range(2):
        asked = post(waiting, path, email=email, password=PASSWORD)
        assert f'<input type="checkbox" name="confirmed_email" value="{email}"' in asked.content.decode()
    assert Claim.objects.get().email == "anna@example.org"
    assert post(waiting, path, email=email, password=PASSWORD, confirmed_email=email)["Location"] == STATUS
    assert Claim.objects.get().email == email


def test_past_the_days_mails_it_says_to_wait_or_call(waiting: Client) -> None:
    Claim.objects.update(sends=5, last_sent_at=None)
    response = post(waiting, f"{STATUS}ponownie/")
    assert response["Location"] == STATUS
    assert "61 854 01 60" in words_of(waiting.get(STATUS))
    assert Email.objects.count() == 1


def test_a_correction_past_the_days_mails_shows_that_none_was_sent(waiting: Client) -> None:
    Claim.objects.update(sends=5)
    post(waiting, f"{STATUS}adres/", email="right@example.org", password=PASSWORD)
    assert state_of(waiting) == "unsent"


def test_finishing_forgets_the_claim(waiting: Client) -> None:
    post(waiting, f"{STATUS}zakoncz/")
    assert waiting.get(STATUS)["Location"] == "/konto/logowanie/"


@pytest.mark.parametrize("outcome", ["activated", "superseded", "expired", "stopped"])
def test_a_closed_claim_says_how_it_ended(waiting: Client, outcome: str) -> None:
    Claim.objects.update(outcome=outcome, closed_at=NOW)
    assert state_of(waiting) == outcome
    assert waiting.get(STATUS).status_code == 200
