import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.models import Account, ProfileChange
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner
from tests.helpers.factories import (
    DETAILS,
    PASSWORD,
    PESELS,
    add_entry,
    frozen,
    make_account,
    make_examiner,
    make_staff,
)
from tests.helpers.html import Response, fields_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def examiner(browser: Client) -> Client:
    make_account(make_examiner(numbers=("A-1",)))
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def save(client: Client, **typed: str) -> Response:
    fields = {name: value for name, value in DETAILS.items() if value is not False}
    token = fields_of(client.get("/konto/dane/"))["csrfmiddlewaretoken"]
    return client.post("/konto/dane/", fields | {"csrfmiddlewaretoken": token} | typed)


@pytest.mark.parametrize("path", ["/konto/", "/konto/dane/"])
def test_is_closed_to_who_is_not_logged_in(path: str) -> None:
    assert Client().get(path)["Location"] == f"/konto/logowanie/?next={path}"


@pytest.mark.parametrize("path", ["/konto/", "/konto/dane/"])
def test_staff_have_no_examiners_account(browser: Client, path: str) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert browser.get(path)["Location"] == "/panel/"


def test_shows_who_i_am_my_entries_and_my_details(examiner: Client) -> None:
    page = examiner.get("/konto/")
    words = words_of(page)
    for shown in ("Anna Maria Łukasik", "•••••••1359", "anna@example.org", "A-1", "2019-03-01", "61 854 01 60", "Śrem"):
        assert shown in words
    assert PESELS[0] not in page.content.decode()
    assert "correspondence" not in words.lower()


def test_says_what_there_is_to_do_and_else_that_there_is_nothing(examiner: Client) -> None:
    assert "Nie masz teraz nic do zrobienia." in words_of(examiner.get("/konto/"))
    Account.objects.update(has_personal_password=True)
    page = examiner.get("/konto/")
    assert "Do zrobienia Twoje hasło składa się z " in words_of(page)
    assert '<a href="/konto/zmiana-hasla/">Zmień hasło</a>' in page.content.decode()
    assert "Nie masz teraz nic do zrobienia." not in words_of(page)


def test_each_card_is_a_link_with_a_line_of_state(examiner: Client) -> None:
    words = words_of(examiner.get("/konto/"))
    assert (
        "Wpisy w ewidencji 1 aktywny wpis: MBI. Moje dane Adres: Poznań. Wiadomości od komisji Nie ma żadnych "
        "wiadomości. Adres e-mail anna@example.org Hasło Zmień je, jeśli ktoś inny mógł je poznać. Drugi składnik i "
        "klucze dostępu Brak: do zalogowania się wystarczy samo hasło. Zalogowane urządzenia Tylko to urządzenie. "
        "Historia konta Logowania i zmiany na koncie. Moje wpisy w ewidencji"
    ) in words


def test_looking_changes_nothing(examiner: Client) -> None:
    first = words_of(examiner.get("/konto/"))
    examiner.get("/konto/wiadomosci/")
    assert words_of(examiner.get("/konto/")) == first


def test_the_queries_do_not_grow_with_the_entries(
    examiner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as queries:
        examiner.get("/konto/")
    for number in range(2):
        add_entry(Examiner.objects.get(), f"B-{number}", EntryState.STRUCK_OFF)
    with django_assert_num_queries(len(queries)):
        examiner.get("/konto/")


def test_a_change_is_kept_and_told_to_the_board(examiner: Client) -> None:
    assert save(examiner, locality="Gniezno")["Location"] == "/konto/"
    assert list(ProfileChange.objects.values_list("field", "old", "new")) == [("locality", "Poznań", "Gniezno")]
    assert "Gniezno" in words_of(examiner.get("/konto/"))


def test_a_wrong_field_keeps_what_was_typed(examiner: Client) -> None:
    response = save(examiner, postal_code="6165", locality="Gniezno")
    assert 'id="id_postal_code_error"' in response.content.decode()
    assert (fields_of(response)["postal_code"], fields_of(response)["locality"]) == ("6165", "Gniezno")
    assert ProfileChange.objects.count() == 0


def test_an_empty_post_is_an_invalid_form(examiner: Client) -> None:
    token = fields_of(examiner.get("/konto/dane/"))["csrfmiddlewaretoken"]
    assert examiner.post("/konto/dane/", {"csrfmiddlewaretoken": token}).status_code == 200
    assert ProfileChange.objects.count() == 0


def test_a_blocked_account_is_out_at_once(examiner: Client) -> None:
    Account.objects.update(**frozen())
    assert examiner.get("/konto/").status_code == 302
