"""Compares the Polish catalogue with the sources, and the screens with the words that people look for."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from egzaminator.accounts.countries import country_choices
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import HasContent, Response, fields_of
from tests.helpers.links import mailed_path

pytestmark = pytest.mark.slow

CATALOGUE = Path("locale", "pl", "LC_MESSAGES", "django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w+\}|</?\w+>")
FORM_LABELS = [
    "PESEL",
    "Adres e-mail",
    "Nowe hasło",
    "Powtórz hasło",
    "Imię",
    "Drugie imię (i kolejne)",
    "Nazwisko",
    "Miejsce urodzenia",
    "Kraj",
    "Ulica",
    "Numer domu",
    "Numer lokalu",
    "Kod pocztowy",
    "Miejscowość",
    "Województwo",
    "Telefon",
    "Adres do korespondencji jest inny niż adres zamieszkania",
    "Kraj (do korespondencji)",
    "Ulica (do korespondencji)",
    "Numer domu (do korespondencji)",
    "Numer lokalu (do korespondencji)",
    "Kod pocztowy (do korespondencji)",
    "Miejscowość (do korespondencji)",
    "Zatrudnienie",
    "Nazwa szkoły lub innego miejsca pracy",
    "Adres miejsca pracy",
    "Numer RSPO (jeśli go znasz)",
    "Przedmioty, których uczysz",
]
LEGENDS = ["Konto", "Dane osobowe", "Adres zamieszkania", "Adres do korespondencji", "Dane o zatrudnieniu"]
EMPLOYMENTS = [
    "szkoła lub placówka",
    "uczelnia",
    "inny pracodawca",
    "własna działalność",
    "emerytura lub renta",
    "nie pracuję",
]
REFUSAL = [
    "Masz konto? Wpisz swoje hasło, nie numer ewidencyjny.",
    "Pierwsze logowanie? Wpisz numer dokładnie jak w decyzji.",
    "Po kilku próbach odczekaj minutę.",
]


# The catalogue ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(project.PACKAGE_DIR / CATALOGUE))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """What is to be translated now. Extracted in a copy, because makemessages writes beside the templates it reads."""
    package = tmp_path_factory.mktemp("sources") / "egzaminator"
    shutil.copytree(project.PACKAGE_DIR, package, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    (package / "locale").mkdir()
    command = [sys.executable, str(project.ROOT_DIR / "manage.py"), "makemessages", "--locale=pl", "--verbosity=0"]
    subprocess.run(command, cwd=package, check=True)
    return polib.pofile(str(package / CATALOGUE))


def sources_of(file: polib.POFile) -> set[tuple[str, str, str]]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in file if not entry.obsolete}


def test_holds_what_the_sources_say_and_nothing_else(catalogue: polib.POFile, extracted: polib.POFile) -> None:
    assert sources_of(catalogue) == sources_of(extracted)
    assert catalogue.obsolete_entries() == []


def test_translates_everything_for_certain(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert not catalogue.metadata_is_fuzzy


def test_has_every_plural_form(catalogue: polib.POFile) -> None:
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert plurals != []
    assert [entry.msgid for entry in plurals if sorted(entry.msgstr_plural) != [0, 1, 2]] == []
    assert [entry.msgid for entry in plurals if not all(entry.msgstr_plural.values())] == []


def test_keeps_every_placeholder_and_tag(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for translated in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert sorted(PLACEHOLDER.findall(translated)) == wanted


def test_is_typeset_as_polish_is(catalogue: polib.POFile) -> None:
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in texts if re.search(r"[\"“'’]|  | [.,;:?!](?!\w)|\.\.\.| - ", text)] == []
    assert [text for text in texts if text.count("„") != text.count("”")] == []


@pytest.fixture(scope="module")
def compiled(catalogue: polib.POFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed catalogue, freshly compiled."""
    folder = tmp_path_factory.mktemp("locale")
    target = (folder / CATALOGUE.relative_to("locale")).with_suffix(".mo")
    target.parent.mkdir(parents=True)
    catalogue.save_as_mofile(str(target))
    return folder


@pytest.fixture
def in_polish(compiled: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [compiled]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "sekundę"), (2, "sekundy"), (5, "sekund"), (12, "sekund"), (22, "sekundy"), (25, "sekund"), (100, "sekund")],
)
def test_counts_in_polish_beside_djangos_other_plural_rule(in_polish: None, seconds: int, words: str) -> None:
    one, many = "You can send it again in %(seconds)s second.", "You can send it again in %(seconds)s seconds."
    with translation.override("pl"):
        assert translation.ngettext(one, many, seconds) % {"seconds": seconds} == (
            f"Ponownie możesz go wysłać za {seconds} {words}."
        )


def test_sorts_countries_by_their_polish_names(in_polish: None) -> None:
    with translation.override("pl"):
        names = [name for _code, name in country_choices()]
    assert names[:4] == ["Polska", "Afganistan", "Albania", "Algieria"]
    assert names[-4:] == ["Wyspy Świętego Tomasza i Książęca", "Zambia", "Zimbabwe", "Zjednoczone Emiraty Arabskie"]


# The screens --------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The texts of a page by element. The text of an inner element also belongs to the outer ones."""

    def __init__(self, response: HasContent) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"input", "meta", "link", "br"}:
            self.open.append((tag, []))
            self.found.append(self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _tag, words in self.open:
            words.append(data)

    def all(self, tag: str) -> list[str]:
        return [" ".join("".join(words).split()) for found, words in self.found if found == tag]


@pytest.fixture
def guest(in_polish: None, db: None) -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def at_the_form(client: Client, prefix: str = "") -> Response:
    make_examiner(numbers=("A-1",))
    client.post(f"{prefix}/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    return client.get(f"{prefix}/konto/zakladanie/")


@pytest.mark.parametrize(
    ("path", "tag", "polish", "english"),
    [
        ("/", "summary", ["Zaloguj się"], ["Log in"]),
        ("/", "h1", ["Konto egzaminatora"], ["Your examiner's account"]),
        ("/", "label", ["Czego szukasz?", "PESEL", "Hasło"], ["What are you looking for?", "PESEL", "Password"]),
        (
            "/",
            "button",
            ["Szukaj", "Zaloguj się", "Użyj klucza dostępu", "Drukuj stronę"],
            ["Find", "Log in", "Use a passkey", "Print the page"],
        ),
        ("/konto/logowanie/", "h1", ["Logowanie egzaminatora"], ["Examiner's log-in"]),
        ("/konto/logowanie/", "label", ["PESEL", "Hasło"], ["PESEL", "Password"]),
        ("/konto/logowanie/", "button", ["Zaloguj się", "Użyj klucza dostępu"], ["Log in", "Use a passkey"]),
        ("/konto/logowanie/?next=/panel/", "label", ["Służbowy adres e-mail", "Hasło"], None),
        ("/konto/haslo/", "h1", ["Nie pamiętasz hasła?"], ["Forgotten password"]),
        ("/konto/haslo/", "label", ["PESEL"], ["PESEL"]),
        ("/konto/haslo/", "button", ["Wyślij link"], ["Send the link"]),
    ],
)
def test_says_it_in_both_languages(
    guest: Client, path: str, tag: str, polish: list[str], english: list[str] | None
) -> None:
    assert Page(guest.get(path)).all(tag) == polish
    if english is not None:
        assert Page(guest.get(f"/en{path}")).all(tag) == english


def test_the_box_leads_to_help(guest: Client) -> None:
    page = Page(guest.get("/"))
    assert page.all("h2")[0] == "Logowanie egzaminatora"
    assert {"Nie pamiętasz hasła?", "Pierwsze logowanie: instrukcja"} <= set(page.all("a"))


def test_the_refusal_serves_everyone(guest: Client) -> None:
    page = Page(guest.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"}, follow=True))
    assert page.all("title")[0].startswith("Błąd: ")
    assert "Nie udało się zalogować" in page.all("h2")
    assert [text for text in page.all("li") if text in REFUSAL] == REFUSAL
    (call,) = [text for text in page.all("p") if "Nadal nie działa" in text]
    assert re.fullmatch(r"Nadal nie działa\? Zadzwoń: 61 854 01 60\. Kod sprawy: [A-Z0-9]{4}-[A-Z0-9]{4}", call)


def test_the_form_is_labelled_as_agreed(guest: Client) -> None:
    page = Page(at_the_form(guest))
    assert page.all("label") == FORM_LABELS
    assert page.all("legend") == LEGENDS
    assert "Zapisz" in page.all("button")
    assert [text for text in page.all("option") if text in EMPLOYMENTS] == EMPLOYMENTS


def test_the_form_has_english_labels_under_en(guest: Client) -> None:
    page = Page(at_the_form(guest, "/en"))
    assert len(page.all("label")) == len(FORM_LABELS)
    assert set(page.all("label")) & set(FORM_LABELS) == {"PESEL"}
    assert page.all("legend") == [
        "Account",
        "Personal details",
        "Home address",
        "Correspondence address",
        "Employment details",
    ]
    assert "Save" in page.all("button")


def test_a_form_with_a_mistake_says_so_first(guest: Client) -> None:
    at_the_form(guest)
    passwords = {"new_password": PASSWORD, "repeated_password": PASSWORD}
    response = guest.post("/konto/zakladanie/", DETAILS | passwords | {"email": "anna@example.org", "surname": ""})
    page = Page(response)
    assert page.all("title")[0].startswith("Błąd: ")
    surname = "Wpisz nazwisko; jeśli w twoich dokumentach go nie ma, wpisz „-”"
    assert surname in page.all("a")
    assert f"Błąd: {surname}" in page.all("p")
    assert "Hasło przyjęte, zmień" in page.all("summary")


def test_the_buttons_up_to_the_account(guest: Client) -> None:
    make_claim(make_examiner(numbers=("A-1",)))
    guest.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert Page(guest.get("/konto/aktywacja/")).all("button") == ["Wyślij ponownie", "Zakończ"]
    activation = guest.get(mailed_path(EmailKind.ACTIVATION, "anna@example.org"))
    assert Page(activation).all("button") == ["Aktywuj konto"]
    assert set(fields_of(activation)) == {"csrfmiddlewaretoken"}


def test_my_account_has_the_way_out(guest: Client) -> None:
    make_account(make_examiner())
    guest.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    page = Page(guest.get("/konto/"))
    assert page.all("h1") == ["Moje konto"]
    assert page.all("button") == ["Wyloguj się", "Tak, nie wylogowuj mnie"]
    assert page.all("th")[:4] == ["Numer ewidencyjny", "Zakres", "Data wpisu", "Stan"]
    assert "aktywny" in page.all("td")
