import logging
import re

import pytest
from django.test import Client
from wagtail.models import BaseViewRestriction, PageViewRestriction

from egzaminator.cms.models import ArticlePage, SectionPage
from egzaminator.cms.search_words import stems
from tests.helpers.html import Response, words_of
from tests.helpers.public_site import make_home_page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def add_article(title: str, text: str = "", lead: str = "", slug: str = "") -> ArticlePage:
    body = [("text", f"<p>{text}</p>")] if text else []
    page: ArticlePage = make_home_page().add_child(
        instance=ArticlePage(title=title, slug=slug or "a", lead=lead, body=body)
    )
    page.save_revision().publish()
    return page


def find(query: str, **more: str) -> Response:
    return Client().get("/szukaj/", {"q": query, **more})


def slugs_of(response: Response) -> list[str]:
    """Return the slugs of the results, in their order."""
    found = re.search(r"<ol[^>]*>.*</ol>", response.content.decode(), re.DOTALL)
    return re.findall(r'href="(?:/[\w-]+)*/([\w-]+)/"', found[0]) if found else []


@pytest.mark.parametrize(
    "query",
    ["hasło", "haslo", "HASŁO", "hasła", "hasle", "haśle", "hasłem", "  nowe   hasła ", "has", "„hasło”", "hasło-nowe"],
)
def test_neither_accents_nor_endings_nor_capitals_matter(query: str) -> None:
    add_article("Logowanie", "Wybierz nowe hasło, którego nie ma nikt inny.")
    page = find(query)
    assert page.status_code == 200
    assert "Znaleziono 1 stronę" in words_of(page)
    assert '<a href="/a/">Logowanie</a>' in page.content.decode()
    assert "<mark>hasło</mark>" in page.content.decode()


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("skrzynka", "skrzyn"),
        ("skrzynce", "skrzyn"),
        ("skrzynek", "skrzyn"),
        ("egzaminatorów", "egzaminator"),
        ("egzaminatora", "egzaminator"),
        ("aktywację", "aktywacj"),
        ("konto", "kont"),
        ("kontem", "kont"),
        ("kod", "kod"),
        ("a", ""),
        ("PESEL", "pesel"),
        ("numer/12", "numer 12"),
        ("' & | ! :* \\", ""),
    ],
)
def test_words_lose_their_endings(word: str, stem: str) -> None:
    assert " ".join(stems(word)) == stem


def test_any_word_finds_and_more_words_come_first() -> None:
    add_article("Numer ewidencyjny", "Stoi w decyzji o wpisie.", slug="numer")
    add_article("Praca w komisji", "Decyzja o wpisie zawiera numer.", slug="praca")
    add_article("Samochód", "Gdzie zaparkować? Numer miejsca stoi na bilecie.", slug="auto")
    assert slugs_of(find("decyzja numer")) == ["numer", "praca", "auto"]
    assert slugs_of(find("decyzja samochód")) == ["auto", "numer", "praca"]
    assert slugs_of(find("gdzie jest mój samochód?")) == ["auto"]
    assert "Nic nie znaleziono" in words_of(find("rower"))


def test_words_that_say_nothing_are_looked_for_when_there_are_no_others() -> None:
    add_article("Nie ma", slug="nic")
    add_article("Logowanie", "Hasło", slug="logowanie")
    assert slugs_of(find("nie ma")) == ["nic"]
    assert slugs_of(find("nie mam hasła")) == ["logowanie"]


def test_titles_come_first_and_counts_are_polish() -> None:
    home = make_home_page()
    for number in range(12):
        home.add_child(instance=ArticlePage(title=f"Strona {number}", slug=f"s{number}", lead="hasło " * 20))
    home.add_child(instance=ArticlePage(title="Zapomniane hasło", slug="zapomniane", lead="Co robić?"))
    first = find("hasło")
    assert "Znaleziono 13 stron " in words_of(first)
    assert first.content.decode().index("/zapomniane/") < first.content.decode().index('<a href="/s1')
    assert "Strona 1 z 2" in words_of(first)
    assert 'href="?q=has%C5%82o&amp;strona=2"' in first.content.decode()
    second = find("hasło", strona="2")
    assert second.content.decode().count("<mark>") >= 3
    assert 'start="11"' in second.content.decode()
    assert "Strona 1 z 2" in words_of(find("hasło", strona="x"))
    assert "Strona 2 z 2" in words_of(find("hasło", strona="99"))


def test_pages_that_are_not_published_are_not_found() -> None:
    page = add_article("Tajne plany")
    assert "Znaleziono 1 stronę" in words_of(find("plany"))
    page.unpublish()
    assert "Nic nie znaleziono" in words_of(find("plany"))


@pytest.mark.parametrize("query", ["", "   "])
def test_without_a_word_there_is_the_form(query: str) -> None:
    page = find(query)
    assert page.status_code == 200
    assert 'name="q"' in page.content.decode()
    assert "aria-invalid" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("x" * 101, "To za długie, żeby tego szukać."),
        ("a", "Wpisz przynajmniej jedno słowo"),
        ("?!*", "Wpisz przynajmniej jedno słowo"),
        ("\u0300" * 90, "Wpisz przynajmniej jedno słowo"),
        ("a\nb", "Wpisz przynajmniej jedno słowo"),
        ("'; DROP TABLE x; --", "Nic nie znaleziono"),
        ("<script>alert(1)</script>", "Nic nie znaleziono"),
        ("foo:* & !bar | (baz", "Nic nie znaleziono"),
        ("ﬀ ß İ 日本語 \U0001f600", "Nic nie znaleziono"),
    ],
)
def test_odd_input_is_answered_in_words(query: str, words: str) -> None:
    page = find(query)
    assert page.status_code == 200
    assert words in words_of(page)
    assert "<script>alert" not in page.content.decode()


def test_a_nul_is_refused() -> None:
    assert Client().get("/szukaj/?q=%00").status_code == 400


def test_what_is_looked_for_is_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    page = find("tajemnica")
    assert page["Cache-Control"] == "no-store"
    assert "tajemnica" not in caplog.text


def test_in_english_too() -> None:
    add_article("Logowanie", "Hasło")
    assert "1 page found" in words_of(Client().get("/en/szukaj/", {"q": "haslo"}))


def test_a_page_for_some_readers_is_not_found_nor_are_those_below_it() -> None:
    add_article("Hasło dla wszystkich", slug="wszyscy")
    section = make_home_page().add_child(instance=SectionPage(title="Hasło działu", slug="dzial"))
    section.add_child(instance=ArticlePage(title="Hasło w dziale", slug="w-dziale"))
    assert slugs_of(find("hasło")) == ["wszyscy", "dzial", "w-dziale"]
    PageViewRestriction.objects.create(page=section, restriction_type=BaseViewRestriction.LOGIN)
    assert slugs_of(find("hasło")) == ["wszyscy"]


@pytest.mark.usefixtures("default_pages")
@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("nie mogę się zalogować", "nie-moge-sie-zalogowac"),
        ("zmiana nazwiska", "zmiana-nazwiska"),
        ("zmiana adresu", "zmiana-adresu"),
        ("zmiana maila", "zmiana-adresu-e-mail"),
        ("konto zablokowane", "konto-zablokowane"),
        ("nie pamiętam hasła", "nie-pamietam-hasla"),
        ("zmiana hasła", "zmiana-hasla"),
        ("nie przyszedł mail", "nie-ma-wiadomosci"),
        ("SPAM", "nie-ma-wiadomosci"),
        ("numer ewidencyjny", "numer-ewidencyjny"),
        ("PESEL", "numer-pesel"),
        ("telefon komisji", "kontakt"),
        ("adres komisji", "kontakt"),
        ("kontakt", "kontakt"),
        ("zmiana telefonu", "zmiana-adresu"),
        ("nowy telefon", "zmiana-hasla"),
        ("zgubiony telefon", "zmiana-hasla"),
        ("usunięcie konta", "usuniecie-konta"),
        ("usunąć konto", "usuniecie-konta"),
        ("skasować konto", "usuniecie-konta"),
        ("wyloguj", "zmiana-hasla"),
        ("kod sprawy", "nie-moge-sie-zalogowac"),
        ("drugi składnik", "dwuskladnikowe-logowanie"),
        ("pierwsze logowanie", "pierwsze-logowanie"),
        ("link wygasł", "pierwsze-logowanie"),
    ],
)
def test_what_people_ask_finds_its_answer_first(query: str, slug: str) -> None:
    assert slugs_of(find(query))[:1] == [slug]
