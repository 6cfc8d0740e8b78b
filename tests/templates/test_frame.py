import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils.safestring import SafeString
from pytest_django.fixtures import Settings
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage, BoardSettings, HomePage, SectionPage
from egzaminator.cms.templatetags.frame import with_link_urls
from egzaminator.cms.templatetags.typesetting import keep_together
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SUNDAY = datetime.datetime(2026, 11, 22, 10, 54, 30, 97_443, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
BOX = 'class="login-box"'


@pytest.fixture
def home() -> HomePage:
    home: HomePage = HomePage.objects.get()
    return home


def publish(parent: Page, page: Page) -> Page:
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def article(home: HomePage) -> Page:
    section = publish(home, SectionPage(title="Pomoc", slug="pomoc", show_in_menus=True))
    publish(home, SectionPage(title="Aktualności", slug="aktualnosci", show_in_menus=True))
    with time_machine.travel(SUNDAY, tick=False):
        return publish(section, ArticlePage(title="Gdzie jest numer", slug="numer"))


def page_at(path: str, client: Client | None = None) -> str:
    return (client or Client()).get(path).content.decode()


@pytest.fixture
def examiner() -> Client:
    make_account(make_examiner())
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/", "/en/"),
        ("/en/", "/"),
        ("/konto/logowanie/", "/en/konto/logowanie/"),
        ("/en/konto/haslo/", "/konto/haslo/"),
        ("/nie-ma/", "/en/"),
        ("/en/nie-ma/", "/"),
    ],
)
def test_leads_to_the_same_page_in_the_other_language(path: str, other: str) -> None:
    page = page_at(path)
    language = "pl" if path.startswith("/en/") else "en"
    assert f'<a href="{other}" lang="{language}" hreflang="{language}">' in page
    assert f'<html lang="{"en" if language == "pl" else "pl"}">' in page


@pytest.mark.parametrize(
    ("path", "words"), [("/", "niedziela, 22 listopada 2026"), ("/en/", "Sunday, 22 November 2026")]
)
def test_says_what_day_it_is_in_words(path: str, words: str) -> None:
    with time_machine.travel(SUNDAY):
        assert f'<time datetime="2026-11-22">{words}</time>' in page_at(path)


def test_a_new_day_begins_at_midnight_in_poland() -> None:
    with time_machine.travel(datetime.datetime(2026, 7, 31, 22, 0, tzinfo=datetime.UTC)):
        assert "sobota, 1 sierpnia 2026" in page_at("/")


def test_the_menu_marks_where_one_is(article: Page) -> None:
    link = '<a href="/{0}/" hreflang="pl"{1}>'
    on_the_section, below_it, elsewhere = (page_at(path) for path in ("/pomoc/", "/pomoc/numer/", "/"))
    assert link.format("pomoc", ' aria-current="page"') in on_the_section
    assert link.format("pomoc", ' aria-current="true"') in below_it
    assert link.format("pomoc", "") in elsewhere
    for page in (on_the_section, below_it, elsewhere):
        assert link.format("aktualnosci", "") in page


def test_breadcrumbs_follow_the_tree(article: Page) -> None:
    assert breadcrumbs_of(page_at("/pomoc/numer/")) == ["Strona główna /", "Pomoc /pomoc/", "Gdzie jest numer"]
    assert breadcrumbs_of(page_at("/")) == []


def test_breadcrumbs_lead_back_from_a_screen(examiner: Client) -> None:
    assert breadcrumbs_of(page_at("/konto/", examiner)) == ["Strona główna /"]
    assert breadcrumbs_of(page_at("/en/konto/drugi-skladnik/", examiner)) == ["Home /en/", "My account /en/konto/"]
    assert breadcrumbs_of(page_at("/konto/sesje/", examiner)) == ["Strona główna /", "Moje konto /konto/"]
    assert breadcrumbs_of(page_at("/nie-ma/takiej/", examiner)) == ["Strona główna /"]


def test_strangers_see_nothing_of_an_account_in_the_breadcrumbs() -> None:
    assert breadcrumbs_of(page_at("/konto/logowanie/")) == ["Strona główna /"]


def breadcrumbs_of(page: str) -> list[str]:
    if 'class="breadcrumbs"' not in page:
        return []
    part = page.split('class="breadcrumbs"')[1].split("</nav>", maxsplit=1)[0]
    items = [item.split("</li>")[0] for item in part.split("<li")[1:]]
    links = [item.split('href="')[1].split("</a>")[0].split('">') for item in items if "href" in item]
    here = [item.split('aria-current="page">')[1] for item in items if "aria-current" in item]
    return [f"{title} {address}" for address, title in links] + here


def test_says_when_the_page_was_last_updated(article: Page) -> None:
    page = page_at("/pomoc/numer/")
    assert '<time datetime="2026-11-22T10:54:30+01:00">niedziela, 22 listopada 2026, 10:54</time>' in page
    assert "Ostatnia aktualizacja:" in page


def test_on_paper_there_are_whole_addresses(article: Page, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://konta.example.pl"
    assert "Adres strony: https://konta.example.pl/pomoc/numer/" in page_at("/pomoc/numer/?x=1")
    assert 'href="/pomoc/numer/" data-url="https://konta.example.pl/pomoc/numer/"' in page_at("/pomoc/")


@pytest.mark.parametrize(
    "link",
    [
        '<a href="//example.org/">',
        '<a href="#part">',
        '<a href="tel:+48618540160">',
        '<a href="https://example.org/">example.org</a>',
        '<a id="site" href="https://example.org/x/">https://example.org/x/</a>',
    ],
)
def test_other_links_and_those_that_read_as_they_lead_stay_as_they_are(link: str) -> None:
    assert with_link_urls(SafeString(link)) == link


def test_other_sites_have_addresses_as_well() -> None:
    link = '<a href="https://example.org/x/">Rzecznik</a>'
    assert with_link_urls(SafeString(link)) == link.replace('/"', '/" data-url="https://example.org/x/"')


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>z decyzji i\n w niej</p>", "<p>z~decyzji i~w~niej</p>"),
        ("<p>tel. 61 854 01 60, do 7 dni</p>", "<p>tel. 61~854~01~60, do 7~dni</p>"),
        ("<p>art. 6 ust. 1 lit. c RODO</p>", "<p>art.~6~ust.~1~lit.~c RODO</p>"),
        ("<p>Nie ma e-maila.</p>", '<p>Nie ma <span class="nowrap">e-maila</span>.</p>'),
        ('<img alt="a b e-mail"><p>Już po, a co</p>', '<img alt="a b e-mail"><p>Już po, a~co</p>'),
        ("<p>zza rogu, list-s</p>", "<p>zza rogu, list-s</p>"),
    ],
)
def test_lines_break_where_polish_ones_may(written: str, shown: str) -> None:
    assert keep_together(SafeString(written)) == shown.replace("~", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("path", ["/", "/en/", "/pomoc/numer/", "/konto/wylogowano/", "/nie-ma/"])
def test_the_box_is_on_every_other_page(article: Page, path: str) -> None:
    assert BOX in page_at(path)


@pytest.mark.parametrize("path", ["/konto/logowanie/", "/konto/haslo/", "/konto/haslo/wyslane/", "/a/x/", "/h/x/"])
def test_the_box_is_not_where_a_second_password_would_confuse(path: str) -> None:
    assert BOX not in page_at(path)


def test_who_is_logged_in_gets_the_account_instead_of_the_box(article: Page, examiner: Client) -> None:
    page = page_at("/pomoc/numer/", examiner)
    assert BOX not in page
    assert '<a href="/konto/">Moje konto</a>' in page.split('class="site-account"')[1]


@pytest.mark.parametrize("path", ["/", "/pomoc/numer/", "/en/"])
def test_a_page_for_strangers_holds_nothing_of_theirs(article: Page, path: str) -> None:
    client = Client()
    assert "csrf" not in page_at(path, client)
    assert not client.cookies


def test_a_notice_is_shown_until_its_time_is_over() -> None:
    BoardSettings.objects.create(notice="Przerwa w sobotę", notice_until=SUNDAY)
    for moment, is_shown in ((-1, True), (0, False)):
        with time_machine.travel(SUNDAY + datetime.timedelta(seconds=moment), tick=False):
            for path in ("/", "/konto/logowanie/", "/nie-ma/"):
                assert ("Przerwa w sobotę" in page_at(path)) is is_shown


def test_the_footer_has_contact_data_and_the_pages_that_staff_chose(article: Page) -> None:
    assert "Deklaracja dostępności" not in page_at("/")
    BoardSettings.objects.create(
        phone="22 111 22 33", hours="pn.–pt. 8:00–15:00", accessibility_page=article, privacy_notice_page=article
    )
    footer = page_at("/").split("<footer")[1]
    assert 'href="tel:+48221112233"' in footer
    assert "pn.–pt. 8:00–15:00" in footer
    for title in ("Deklaracja dostępności", "Klauzula informacyjna"):
        assert f'<a href="/pomoc/numer/" hreflang="pl">{title}</a>' in footer
    assert "Tekst łatwy do czytania" not in footer


def test_titles_name_page_service_and_board(article: Page) -> None:
    assert "Gdzie jest numer – Serwis egzaminatorów – OKE Poznań" in words_of(Client().get("/pomoc/numer/"))
    assert "Strona główna – Serwis egzaminatorów – OKE Poznań" in words_of(Client().get("/"))


@pytest.mark.parametrize("path", ["/", "/pomoc/numer/", "/konto/logowanie/", "/en/"])
def test_a_page_with_all_it_loads_is_light_even_before_it_is_compressed(
    article: Page, settings: Settings, path: str
) -> None:
    page = page_at(path)
    loaded = re.findall(r'(?:src|<link rel="(?:stylesheet|icon)" href)="/static/([^"]+)"', page)
    assert {name.split(".", maxsplit=1)[0] for name in loaded} >= {"css/site", "icon", "js/frame", "js/forms"}
    assert len(page.encode()) + sum(Path(settings.STATIC_ROOT, name).stat().st_size for name in loaded) < 60_000
