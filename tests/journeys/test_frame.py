"""The frame around every page, in different browsers."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from egzaminator.cms.models import ArticlePage, BoardSettings, NewsIndexPage, NewsPage, SectionPage
from tests.helpers.factories import make_account, make_examiner
from tests.helpers.public_site import EVERY_BLOCK, make_home_page
from tests.journeys.visitor import BrowserOptions, NewVisitor, Visitor

pytestmark = pytest.mark.journey

OPENER = ".login-box summary"
WINDOWS = [(1280, 720), (360, 640)]
# A telephone, and a window of 1280 × 720 at 200 % zoom.
SMALL_WINDOWS = [(360, 640), (640, 360)]


@pytest.fixture
def pages(site: str) -> None:
    home = make_home_page()
    help_ = home.add_child(instance=SectionPage(title="Pomoc", slug="pomoc", show_in_menus=True, lead="Instrukcje"))
    article = ArticlePage(title="Gdzie jest numer", slug="numer", lead="W decyzji.", body=json.dumps(EVERY_BLOCK))
    help_.add_child(instance=article).save_revision().publish()
    news = home.add_child(instance=NewsIndexPage(title="Aktualności", slug="aktualnosci", show_in_menus=True))
    news.add_child(instance=NewsPage(title="Ruszamy", slug="ruszamy", lead="Dziś."))
    BoardSettings.objects.create(notice="Przerwa w sobotę", accessibility_page=article)


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_the_opened_box_moves_nothing_and_hides_no_focus(
    new_visitor: NewVisitor, width: int, options: BrowserOptions
) -> None:
    page = new_visitor(width=width, **options).page
    page.goto("/pomoc/numer/")
    main, field = page.get_by_role("main"), page.locator("#box-name")
    before = main.bounding_box()
    page.locator(OPENER).focus()
    page.keyboard.press("Enter")
    expect(field).to_be_visible()
    assert main.bounding_box() == before
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    main.get_by_role("link", name="Pomoc").focus()
    page.keyboard.press("Tab")
    expect(field).to_be_hidden()
    assert main.bounding_box() == before


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
@pytest.mark.parametrize(("path", "name"), [("/", "Zaloguj się"), ("/en/", "Log in")])
def test_the_card_uncovers_the_fields_of_the_box(
    new_visitor: NewVisitor, width: int, options: BrowserOptions, path: str, name: str
) -> None:
    page = new_visitor(width=width, **options).page
    page.goto(path)
    field = page.locator("#box-name")
    link = page.get_by_role("main").get_by_role("link", name=name, exact=True)
    for key in ("", "Enter"):
        expect(field).to_be_hidden()
        if key:
            link.press(key)
        else:
            link.click()
        expect(field).to_be_visible()
        expect(field).to_be_focused()
        page.goto(path)
    assert page.locator("input[name=name]").count() == 1


@pytest.mark.usefixtures("default_pages")
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_the_first_screen_has_both_ways_in(new_visitor: NewVisitor, width: int, height: int) -> None:
    page = new_visitor(width=width).page
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/")
    for name in ("Zaloguj się", "Pierwsze logowanie"):
        assert bottom_of(page.get_by_role("main").get_by_role("link", name=name, exact=True)) <= height
    page.get_by_role("main").get_by_role("link", name="Pierwsze logowanie").click()
    expect(page.get_by_role("heading", name="Pierwsze logowanie", level=1)).to_be_visible()
    expect(page.get_by_label("Numer ewidencyjny")).to_be_visible()


def bottom_of(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"] + box["height"]


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(("width", "height"), SMALL_WINDOWS)
def test_headings_are_seen_without_scrolling(new_visitor: NewVisitor, width: int, height: int) -> None:
    visitor = new_visitor(width=width)
    make_account(make_examiner(numbers=("A-1",)))
    visitor.page.set_viewport_size({"width": width, "height": height})
    strangers = ("/", "/pomoc/numer/", "/szukaj/", "/konto/logowanie/", "/konto/haslo/", "/en/konto/logowanie/")
    assert low_headings(visitor.page, height, *strangers) == {}
    visitor.log_in()
    visitor.is_at("/konto/")
    account = [
        f"/konto/{name}" for name in ("", "dane/", "historia/", "sesje/", "wiadomosci/", "adres/", "zmiana-hasla/")
    ]
    assert low_headings(visitor.page, height, *account, "/konto/drugi-skladnik/", "/konto/moje-dane/", "/pomoc/") == {}


def test_the_heading_of_the_form_is_seen_without_scrolling(new_visitor: NewVisitor) -> None:
    make_examiner(numbers=("A-1",))
    for width, height in SMALL_WINDOWS:
        visitor = new_visitor(width=width)
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.log_in("A-1")
        visitor.is_at("/konto/zakladanie/")
        assert low_headings(visitor.page, height, "/konto/zakladanie/") == {}


def low_headings(page: Page, height: int, *paths: str) -> dict[str, float]:
    """Return where the first heading of each page ends, if that is below the window."""
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = bottom_of(page.get_by_role("heading", level=1))
    return {path: end for path, end in found.items() if end > height}


@pytest.mark.usefixtures("pages")
def test_the_day_and_the_links_are_above_wide_pages_and_below_slim_ones(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    make_account(make_examiner(numbers=("A-1",)))
    assert where_links_are(visitor.page, "/") == ["banner"]
    assert where_links_are(visitor.page, "/pomoc/numer/") == ["banner"]
    assert where_links_are(visitor.page, "/konto/logowanie/") == ["contentinfo"]
    visitor.log_in()
    assert where_links_are(visitor.page, "/konto/") == ["contentinfo"]
    assert where_links_are(visitor.page, "/pomoc/numer/") == ["contentinfo"]
    telephone = new_visitor(width=360).page
    assert where_links_are(telephone, "/") == ["contentinfo"]


def where_links_are(page: Page, path: str) -> list[str]:
    page.goto(path)
    found = []
    for part in ("banner", "contentinfo"):
        shown = [page.get_by_role(part).get_by_role("link", name=name) for name in ("BIP", "Fundusze Europejskie")]
        shown += [page.get_by_role(part).locator(":not(.print-only) > time")]
        visible = {place.is_visible() for place in shown}
        assert len(visible) == 1
        found += [part] * visible.pop()
    return found


@pytest.mark.usefixtures("pages")
def test_escape_closes_the_box_and_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.page.locator(OPENER).click()
    visitor.page.locator("#box-name").fill("4405")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#box-name")).to_be_hidden()
    expect(visitor.page.locator(OPENER)).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#box-name")).to_have_value("4405")


@pytest.mark.usefixtures("pages")
def test_paper_gets_the_article_its_links_and_whom_to_ask(visitor: Visitor, site: str) -> None:
    page = visitor.page
    page.add_init_script("window.print = () => { window.printed = true; }")
    visitor.open("/pomoc/numer/")
    page.get_by_role("button", name="Drukuj stronę").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    for gone in (".site-top", ".site-bar", ".site-notice", ".breadcrumbs", ".site-footer__links", ".print-button"):
        expect(page.locator(gone)).to_be_hidden()
    for kept in ("Okręgowa Komisja", "Gdzie jest numer", "Ostatnia aktualizacja", "ul. Gronowa 22", "61 854 01 60"):
        expect(page.get_by_text(kept).locator("visible=true").first).to_be_visible()
    expect(page.get_by_text(f"Adres strony: {site}/pomoc/numer/")).to_be_visible()
    assert [after(page, name) for name in ("Pomoc", "wzór")] == [f'" ({site}/pomoc/)"', '" (https://example.org/x)"']


def after(page: Page, name: str) -> str:
    link = page.get_by_role("article").get_by_role("link", name=name)
    return str(link.evaluate("element => getComputedStyle(element, '::after').content"))


@pytest.mark.usefixtures("pages")
def test_without_javascript_there_is_no_button_that_does_nothing(new_visitor: NewVisitor) -> None:
    page = new_visitor(java_script_enabled=False).page
    page.goto("/pomoc/numer/")
    expect(page.get_by_role("button", name="Drukuj stronę")).to_be_hidden()
