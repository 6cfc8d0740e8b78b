"""The list of an account's screens, which stands on each of them."""

import re

import pytest
from django.test import Client

from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOR_ALL = [
    "/konto/adres/ Adres e-mail",
    "/konto/zmiana-hasla/ Hasło",
    "/konto/drugi-skladnik/ Drugi składnik i klucze dostępu",
    "/konto/sesje/ Zalogowane urządzenia",
    "/konto/historia/ Historia konta",
]
OF_EXAMINERS = [
    "/konto/ Przegląd konta",
    "/konto/dane/ Moje dane",
    "/konto/wiadomosci/ Wiadomości od komisji",
    *FOR_ALL,
    "/konto/moje-dane/ Moje dane: pobierz lub wydrukuj",
]
OF_STAFF = ["/panel/moje-konto/ Przegląd konta", *FOR_ALL]


def links_of(client: Client, path: str) -> list[tuple[str, str]]:
    """Return the links of the list as URL and text, each with its `aria-current`."""
    page = client.get(path).content.decode()
    (nav,) = re.findall(r'<nav class="card account-nav".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"(?: aria-current="(\w+)")?>([^<]+)</a>', nav)
    return [(f"{url} {text}", current) for url, current, text in links]


def log_in(client: Client, name: str) -> Client:
    client.post("/konto/logowanie/", {"name": name, "secret": PASSWORD})
    return client


@pytest.mark.parametrize("link", OF_EXAMINERS[1:])
def test_stands_on_each_screen_and_tells_which_it_is(browser: Client, link: str) -> None:
    make_account(make_examiner())
    log_in(browser, PESELS[0])
    links = links_of(browser, link.split(maxsplit=1)[0])
    assert [text for text, _ in links] == OF_EXAMINERS
    assert [(text, current) for text, current in links if current] == [(link, "page")]


@pytest.mark.parametrize("path", ["aplikacja/", "klucz/"])
def test_names_the_screen_above(browser: Client, path: str) -> None:
    make_account(make_examiner())
    links = links_of(log_in(browser, PESELS[0]), f"/konto/drugi-skladnik/{path}")
    current = [(text, current) for text, current in links if current]
    assert current == [("/konto/drugi-skladnik/ Drugi składnik i klucze dostępu", "true")]


def test_staff_get_what_they_have(browser: Client) -> None:
    make_staff()
    links = links_of(log_in(browser, "jan@oke.example"), "/konto/sesje/")
    assert [text for text, _ in links] == OF_STAFF


def test_cards_take_its_place_on_the_overview(browser: Client) -> None:
    make_account(make_examiner())
    assert "account-nav" not in log_in(browser, PESELS[0]).get("/konto/").content.decode()
