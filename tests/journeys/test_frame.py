"""The frame around every page, in different browsers."""

import json

import pytest
from playwright.sync_api import Page, expect

from egzaminator.cms.models import ArticlePage, BoardSettings, NewsIndexPage, NewsPage, SectionPage
from tests.helpers.public_site import EVERY_BLOCK, make_home_page
from tests.journeys.visitor import BrowserOptions, NewVisitor, Visitor

pytestmark = pytest.mark.journey

OPENER = ".login-box summary"


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
