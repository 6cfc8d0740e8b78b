"""Under /en/ every screen is in English. What is not is marked, for readers and for screen readers."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from egzaminator.accounts.countries import country_choices
from egzaminator.accounts.enums import Voivodeship
from egzaminator.cms.models import SectionPage
from egzaminator.core.board import current_board
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import HasContent, words_of
from tests.helpers.links import mailed_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_POLISH_LETTERS = re.compile("[ąćęłńóśźż]", re.IGNORECASE)
# Attributes that are shown or read aloud.
_SPOKEN = ("title", "alt", "placeholder", "aria-label")
_VOID = {"input", "meta", "link", "br", "img", "hr", "source", "wbr", "path", "circle"}
# Links that lead to no page of Polish content. The panel is in the language that each of the staff has chosen.
_OURS = ("/en/", "/panel/", "/static/", "/media/", "#", "?", "mailto:", "tel:")


class English(HTMLParser):
    """The words of a page that are marked as English, and its links with their words and languages."""

    def __init__(self, response: HasContent) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[dict[str, str]] = []
        self.open: list[tuple[str, str]] = []
        self.language = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        language = named.get("lang") or (self.open[-1][1] if self.open else "")
        if tag == "html":
            self.language = language
        if language == "en":
            spoken = [value for name, value in named.items() if name in _SPOKEN or name.startswith("data-text")]
            self.words += [*spoken, named.get("value", "") if named.get("type") == "submit" else ""]
        if tag in {"a", "link"} and "href" in named:
            self.links.append({**named, "words": named.get("title", "") if tag == "link" else ""})
        if tag not in _VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _language in self.open]
        if "a" in tags:
            self.links[-1]["words"] += data
        if tags and self.open[-1][1] == "en" and tags[-1] not in {"script", "style"}:
            self.words.append(data)


def _patterns() -> Iterator[tuple[str, URLPattern]]:
    for group in get_resolver().url_patterns:
        if isinstance(group, URLResolver) and isinstance(group.pattern, LocalePrefixPattern):
            for pattern in group.url_patterns:
                assert isinstance(pattern, URLPattern)
                assert pattern.name is not None
                yield pattern.name, pattern


PATTERNS = dict(_patterns())
TOKENS = {"activate", "stop-claim", "reset", "new-email", "confirm-email", "freeze"}


def _path(name: str) -> str:
    route = str(PATTERNS[name].pattern)
    filled = route.replace("<mailed_token:token>", "t" * 22).replace("<int:passkey_id>", "1")
    return "/en/" + filled.replace("<uuid:message_id>", "00000000-0000-4000-8000-000000000000")


@pytest.fixture
def site(default_pages: None) -> None:
    """The default pages."""


@pytest.fixture(scope="module")
def polish() -> set[str]:
    """The Polish texts of the catalogue that differ from English and have no placeholders."""
    entries = polib.pofile(str(project.PACKAGE_DIR / "locale/pl/LC_MESSAGES/django.po"))
    english = {entry.msgid for entry in entries}
    texts = {text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())}
    return {_folded(text) for text in texts if text and "%(" not in text and text not in english}


def _folded(text: str) -> str:
    return " ".join(text.split())


def _proper_names() -> list[str]:
    """Names and people's own data, which are the same in every language."""
    board = current_board()
    with translation.override("en"):
        countries = [str(name) for _code, name in country_choices()]
    names = [board.name, board.short_name, board.street, board.locality, *Voivodeship.labels, *countries]
    names += ["Łukasik", *filter(None, map(str, DETAILS.values()))]
    return sorted(names, key=len, reverse=True)


def complaints(response: HasContent, polish: set[str]) -> list[str]:
    page = English(response)
    found = [] if page.language == "en" else [f"<html lang={page.language}>"]
    for words in map(_folded, page.words):
        rest = words
        for name in _proper_names():
            rest = rest.replace(name, "")
        if words in polish or _POLISH_LETTERS.search(rest):
            found.append(words)
    for link in page.links:
        leads_home = link["href"].startswith(_OURS) or link.get("rel") in {"stylesheet", "icon", "canonical"}
        is_switch = _folded(link["words"]) == "Polski" and link.get("lang") == link.get("hreflang") == "pl"
        is_told = link.get("hreflang") == "pl" and "(in Polish)" in link["words"]
        if not (leads_home or is_switch or is_told):
            found.append(f"{link['href']}: {_folded(link['words'])}")
    return found


def _log_in(client: Client, name: str, secret: str = PASSWORD) -> Client:
    client.post("/en/konto/logowanie/", {"name": name, "secret": secret})
    return client


def _guest(client: Client) -> Client:
    return client


def _at_the_form(client: Client) -> Client:
    make_examiner(numbers=("A-1",))
    return _log_in(client, PESELS[0], "A-1")


def _waiting(client: Client) -> Client:
    make_claim(make_examiner(numbers=("A-1",)))
    return _log_in(client, PESELS[0])


def _examiner(client: Client) -> Client:
    make_account(make_examiner(numbers=("A-1",)))
    return _log_in(client, PESELS[0])


def _staff(client: Client) -> Client:
    make_staff(email="jan@oke.example")
    return _log_in(client, "jan@oke.example")


def test_all_screens_are_found() -> None:
    assert len(PATTERNS) >= 47
    assert {name for name, pattern in PATTERNS.items() if "<mailed_token:token>" in str(pattern.pattern)} == TOKENS


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("visitor", "least"), [(_guest, 15), (_at_the_form, 15), (_waiting, 15), (_examiner, 25), (_staff, 15)]
)
def test_every_screen_is_in_english(visitor: Callable[[Client], Client], least: int, polish: set[str]) -> None:
    client = visitor(Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False))
    found: dict[str, list[str]] = {}
    seen = 0
    for name in sorted(PATTERNS.keys() - {"log-out", "claim-finish"}):
        response = client.get(_path(name))
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
            seen += 1
            found |= {name: told} if (told := complaints(response, polish)) else {}
    assert found == {}
    assert seen >= least


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/en/konto/logowanie/", {"name": "", "secret": ""}),
        ("/en/konto/logowanie/", {"name": PESELS[0], "secret": "wrong"}),
        ("/en/konto/logowanie/", {"name": PESELS[0][:-1], "secret": "wrong"}),
        ("/en/konto/haslo/", {"name": "1"}),
        ("/en/konto/zakladanie/", {}),
        (
            "/en/konto/zakladanie/",
            {"email": "a@gmial.com", "new_password": "a", "phone": "x"},
        ),
    ],
)
def test_every_refused_form_is_in_english(path: str, form: dict[str, str], polish: set[str]) -> None:
    client = _at_the_form(Client(headers={"Sec-Fetch-Site": "same-origin"}))

    response = client.post(path, form, follow=True)

    assert complaints(response, polish) == []


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/nie-ma/", 404),
        ("/en/pomoc/", 404),
        ("/en/szukaj/?q=numer", 200),
        ("/en/szukaj/?q=zzzz", 200),
        ("/en/szukaj/?q=" + "a" * 200, 200),
        ("/en/?x=%00", 400),
    ],
)
def test_errors_and_the_search_are_in_english(path: str, status: int, polish: set[str]) -> None:
    response = Client(raise_request_exception=False).get(path)

    assert response.status_code == status
    assert complaints(response, polish) == []


@pytest.mark.usefixtures("site")
def test_a_page_without_an_english_name_stands_in_the_menu_under_its_own() -> None:
    page = SectionPage.objects.get(slug="pomoc")
    page.english_title = ""
    page.save_revision().publish()

    (link,) = [link for link in English(Client().get("/en/")).links if link["href"] == "/pomoc/"]

    assert (_folded(link["words"]), link["hreflang"]) == ("Pomoc (in Polish)", "pl")
    assert '<span lang="pl">Pomoc</span>' in Client().get("/en/").content.decode()


def test_a_walk_that_finds_nothing_is_broken(polish: set[str]) -> None:
    page = '<html lang="en"><p>Zaloguj się</p><p>Hasło</p><p lang="pl">Zażółć</p><a href="/pomoc/">Help</a>'

    assert complaints(HttpResponse(page), polish) == ["Zaloguj się", "Hasło", "/pomoc/: Help"]


@pytest.mark.usefixtures("site")
def test_a_live_link_is_in_english(polish: set[str]) -> None:
    client = _waiting(Client(headers={"Sec-Fetch-Site": "same-origin"}))
    for browser in (client, Client()):
        response = browser.get("/en" + mailed_path(EmailKind.ACTIVATION, "anna@example.org"))
        assert response.status_code == 200
        assert complaints(response, polish) == []


@pytest.mark.usefixtures("site")
def test_a_search_that_finds_nothing_says_that_the_pages_are_in_polish() -> None:
    told = "The pages are in Polish, so search for Polish words."
    assert told in words_of(Client().get("/en/szukaj/", {"q": "password"}))
    assert told not in words_of(Client().get("/en/szukaj/", {"q": "haslo"}))
