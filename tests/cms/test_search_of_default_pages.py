"""Whoever asks in their own words finds the page of help."""

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_pages"), pytest.mark.slow]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("nie mogę się zalogować", "nie-moge-sie-zalogowac"),
        ("nie moge sie zalogowac", "nie-moge-sie-zalogowac"),
        ("zmiana nazwiska", "zmiana-nazwiska"),
        ("nowe nazwisko po ślubie", "zmiana-nazwiska"),
        ("zmiana adresu", "zmiana-adresu"),
        ("zmienił mi się adres zamieszkania", "zmiana-adresu"),
        ("zmiana adresu e-mail", "zmiana-adresu-e-mail"),
        ("konto zablokowane", "konto-zablokowane"),
        ("zablokowali mi konto", "konto-zablokowane"),
        ("nie pamiętam hasła", "nie-pamietam-hasla"),
        ("zapomniałem hasła", "nie-pamietam-hasla"),
        ("nie przyszła wiadomość", "nie-ma-wiadomosci"),
        ("e-mail nie przychodzi", "nie-ma-wiadomosci"),
        ("gdzie jest numer ewidencyjny", "numer-ewidencyjny"),
    ],
)
def test_what_people_ask_is_answered_first(query: str, slug: str) -> None:
    response = Client().get("/szukaj/", {"q": query})
    results = re.search(r"<ol[^>]*>.*</ol>", response.content.decode(), re.DOTALL)
    assert results
    assert re.findall(r'href="(?:/[\w-]+)*/([\w-]+)/"', results[0])[:1] == [slug]
