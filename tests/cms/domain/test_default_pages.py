"""The texts of the default pages: complete, consistent with the screens, and with what the law requires."""

import gzip
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext, override

from egzaminator.cms.domain.default_pages import DEFAULT_PAGES
from egzaminator.cms.models import BoardSettings, DeclarationPage
from egzaminator.login.forms import LoginForm
from egzaminator.onboarding.forms import ActivationForm, ClaimForm
from egzaminator.onboarding.models import CLAIM_LIFETIME
from egzaminator.onboarding.privacy_notice import VERSION
from egzaminator.settings import PACKAGE_DIR
from tests.helpers.html import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_pages"), pytest.mark.slow]
ADDRESSES = ["/" if page.key == "strona-glowna" else f"/{page.key}/" for page in DEFAULT_PAGES]


class Reader(HTMLParser):
    """Collects a page's headings, links, ids and images."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.alternatives: list[str] = []
        self.times: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.add(given["href"] or "")
        if tag == "img":
            self.alternatives.append(given["alt"] or "")
        if identifier := given.get("id"):
            self.ids.append(identifier)
            if tag == "time":
                self.times[identifier] = given["datetime"] or ""


def main_of(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("path", ADDRESSES)
def test_headings_are_in_order_and_every_link_leads_somewhere(path: str) -> None:
    page = Reader(main_of(path))
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert [pair for pair in itertools.pairwise(page.headings) if pair[1] > pair[0] + 1] == []
    internal = {link for link in page.links if link.startswith("/")}
    assert {link: Client().get(link).status_code for link in internal} == dict.fromkeys(internal, 200)
    odd = {link for link in page.links if not re.match(r"/|https?://|tel:\+48\d{9}$|mailto:\S+@\S+$|#", link)}
    assert odd == set()
    assert all(len(alternative) > 30 for alternative in page.alternatives)


def text_of(path: str) -> str:
    return words_of(Client().get(path))


def quoted(text: str) -> set[str]:
    return set(re.findall("„([^”]+)”", text))


def catalogue() -> set[str]:
    entries = polib.pofile(str(PACKAGE_DIR / "locale/pl/LC_MESSAGES/django.po"))
    return {entry.msgstr for entry in entries} | {"PESEL"}


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("pierwsze-logowanie", {"Spam"}),
        ("nie-pamietam-hasla", {"Spam"}),
        ("dwuskladnikowe-logowanie", set()),
        ("wiadomosci-od-komisji", {"Spam"}),
        ("numer-ewidencyjny", set()),
        ("nie-moge-sie-zalogowac", set()),
        ("numer-pesel", set()),
        ("zmiana-hasla", set()),
        ("usuniecie-konta", set()),
    ],
)
def test_instructions_call_things_as_the_screens_do(name: str, others: set[str]) -> None:
    content = main_of(f"/pomoc/{name}/")
    assert quoted(re.sub("<[^>]+>", "", content)) - others - catalogue() == set()


def test_the_instruction_names_every_step_of_the_way() -> None:
    with override("pl"):
        labels = [
            *(LoginForm().fields[name].label for name in ("name", "secret")),
            *(ClaimForm(grant=None).fields[name].label for name in ("email", "new_password", "repeated_password")),
            *(str(part.legend) for part in ClaimForm(grant=None).fieldsets if part.asked_when is None),
            ActivationForm(needs_password=True).fields["password"].label,
            *(gettext(label) for label in ("Log in", "Save", "Send again", "Activate account", "Finish")),
        ]
    content = quoted(re.sub("<[^>]+>", "", main_of("/pomoc/pierwsze-logowanie/")))
    assert [label for label in labels if label not in content] == []


def test_mail_help_names_the_folders_that_the_status_page_names() -> None:
    with override("pl"):
        help_on_status = render_to_string("onboarding/spam_help.html")
        subject = gettext("Activate your account in the examiners’ service")
    content = text_of("/pomoc/nie-ma-wiadomosci/")
    assert quoted(help_on_status) <= quoted(content)
    assert subject.startswith("Aktywuj swoje konto")
    for provider in ("Gmail", "Outlook", "wp.pl", "o2.pl", "Onet", "Interia", "iCloud", "kwarantannie"):
        assert provider in content


def test_the_instruction_is_light() -> None:
    """Under 60 KB on the wire with all resources, including the pictures of all steps, compressed as by the server."""
    html = Client().get("/pomoc/pierwsze-logowanie/").content.decode()
    static = set(re.findall(r'"/static/([^"]+)"', html))
    pictures = re.findall(r'src="/media/([^"]+)"', html)
    assert len(pictures) == 4
    size = len(gzip.compress(html.encode()))
    size += sum(len(gzip.compress(Path(settings.STATIC_ROOT, name).read_bytes())) for name in static)
    size += sum(Path(settings.MEDIA_ROOT, name).stat().st_size for name in pictures)
    assert size < 60_000


def test_the_declaration_has_what_machines_look_for() -> None:
    """In the order of the ministry's technical conditions of 31 July 2024."""
    page = Reader(main_of("/deklaracja-dostepnosci/"))
    assert [name for name in page.ids if name.startswith("a11y-")] == [
        "a11y-wstep",
        "a11y-podmiot",
        "a11y-zakres",
        "a11y-url",
        "a11y-data-publikacja",
        "a11y-data-aktualizacja",
        "a11y-status",
        "a11y-data-sporzadzenie",
        "a11y-kontakt",
        "a11y-osoba",
        "a11y-email",
        "a11y-telefon",
        "a11y-procedura",
        "a11y-architektura",
        "a11y-komunikacja",
    ]
    today = localdate().isoformat()
    assert page.times == dict.fromkeys(
        ("a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-data-sporzadzenie"), today
    )
    headings = re.findall(r"<h2>(.*?)</h2>", main_of("/deklaracja-dostepnosci/"))
    assert headings == [
        "Stan dostępności",
        "Niedostępne treści",
        "Przygotowanie deklaracji",
        "Udogodnienia",
        "Skróty klawiszowe",
        "Informacje zwrotne i kontakt",
        "Obsługa wniosków i skarg",
        "Pozostałe informacje",
    ]


def test_the_declaration_shows_what_only_some_have() -> None:
    page = DeclarationPage.objects.get()
    page.reviewed_on = "2026-12-01"
    page.evaluation_url = page.architecture_url = "https://oke.example/"
    page.status = DeclarationPage.Status.FULL
    page.save_revision().publish()
    shown = Reader(main_of("/deklaracja-dostepnosci/"))
    assert {"a11y-data-przeglad", "a11y-ocena", "a11y-architektura-url"} <= set(shown.ids)
    assert shown.times["a11y-data-przeglad"] == "2026-12-01"
    assert "Strona internetowa jest zgodna z ustawą" in text_of("/deklaracja-dostepnosci/")


def test_the_clause_names_all_that_article_13_asks_for() -> None:
    headings = re.findall(r"<h2>(.*?)</h2>", main_of("/klauzula-informacyjna/"))
    assert headings == [
        "Administrator danych",
        "Inspektor ochrony danych",
        "Po co przetwarzamy twoje dane i na jakiej podstawie",
        "Jakie dane przetwarzamy i skąd je mamy",
        "Komu przekazujemy dane",
        "Jak długo przechowujemy dane",
        "Twoje prawa",
        "Skarga",
        "Czy musisz podać dane",
        "Decyzje automatyczne i profilowanie",
        "Pliki cookie",
    ]
    text = text_of("/klauzula-informacyjna/")
    day = parse_date(VERSION)
    assert day is not None
    with override("pl"):
        version = date_format(day, "j E Y")
    for words in (
        f"Wersja z {version} r.",
        "art. 6 ust. 1 lit. c RODO",
        "art. 6 ust. 1 lit. e RODO",
        "Europejskiego Obszaru Gospodarczego",
        "Prezesa Urzędu Ochrony Danych Osobowych",
        "traci ważność po 30 dniach, a po kolejnych 7 dniach",
        "dostępu do swoich danych",
        "sprostowania",
        "ograniczenia",
        "sprzeciwu",
        "usunięcia",
        "przenoszenia",
        "nie profilujemy",
    ):
        assert words in text
    assert CLAIM_LIFETIME.days == 30


def test_the_boards_data_are_the_current_ones() -> None:
    board = BoardSettings.load()
    board.name, board.phone, board.street = "Komisja w Łodzi", "42 634 91 33", "ul. Ksawerego Praussa 4"
    board.save()
    for path in ("/klauzula-informacyjna/", "/deklaracja-dostepnosci/", "/pomoc/numer-ewidencyjny/"):
        content = main_of(path)
        assert "Komisja w Łodzi" in content
        assert "+48426349133" in content
    assert "z dopiskiem „Inspektor ochrony danych”" in main_of("/klauzula-informacyjna/")
    board.data_protection_email = "iod@oke.example"
    board.save()
    content = main_of("/klauzula-informacyjna/")
    assert 'href="mailto:iod@oke.example"' in content
    assert "z dopiskiem „Inspektor ochrony danych” na adres: ul. Ksawerego Praussa 4" in content
