import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey


def tab_to(visitor: Visitor, target: Locator, *, most: int = 40) -> None:
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {target}")


@pytest.mark.usefixtures("default_pages")
@pytest.mark.parametrize("width", [320, 1280])
def test_a_reader_finds_prints_and_searches(new_visitor: NewVisitor, width: int) -> None:
    visitor = new_visitor(width=width)
    page, main = visitor.page, visitor.page.get_by_role("main")
    visitor.open("/")
    page.get_by_role("navigation", name="Menu główne").get_by_role("link", name="Pomoc").click()
    visitor.is_at("/pomoc/")
    main.get_by_role("link", name="Pierwsze logowanie: instrukcja").click()
    visitor.is_at("/pomoc/pierwsze-logowanie/")
    pictures = main.get_by_role("img")
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0

    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Drukuj stronę")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("banner").get_by_role("link", name="Szukaj")).to_have_count(0)
    expect(page.get_by_text("Adres strony:")).to_be_visible()
    visitor.look()
    page.emulate_media(media="screen")

    page.get_by_role("navigation", name="Jesteś tutaj").get_by_role("link", name="Pomoc").click()
    main.get_by_role("link", name="E-mail nie przychodzi").click()
    visitor.sees("E-mail nie przychodzi")
    if width < 768:  # there the search is a page of its own
        page.get_by_role("banner").get_by_role("link", name="Szukaj").click()
        visitor.is_at("/szukaj/")
        main.get_by_label("Szukaj w pomocy i aktualnościach").fill("folder spam")
        visitor.press("Szukaj")
    else:
        search = page.get_by_role("search")
        search.get_by_label("Czego szukasz?").fill("folder spam")
        search.get_by_role("button", name="Szukaj").click()
    visitor.is_at("/szukaj/?q=folder+spam")
    main.get_by_role("listitem").get_by_role("link", name="E-mail nie przychodzi").click()
    visitor.is_at("/pomoc/nie-ma-wiadomosci/")


@pytest.mark.usefixtures("default_pages")
def test_a_reader_needs_no_mouse(visitor: Visitor) -> None:
    page = visitor.page
    keyboard, focused = page.keyboard, page.locator("*:focus")
    page.goto("/")
    tab_to(visitor, page.get_by_role("link", name="Przejdź do treści"), most=1)
    keyboard.press("Enter")
    tab_to(visitor, page.get_by_role("main").get_by_role("link", name="Zaloguj się"), most=1)

    page.goto("/")
    tab_to(visitor, page.locator(".login-box summary"))
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(focused).to_have_accessible_name("PESEL")
    keyboard.press("Escape")
    expect(page.locator("#box-name")).to_be_hidden()
    tab_to(visitor, page.get_by_role("navigation", name="Menu główne").get_by_role("link", name="Pomoc"))
    keyboard.press("Enter")
    visitor.is_at("/pomoc/")
    tab_to(visitor, page.get_by_role("search").get_by_label("Czego szukasz?"))
    keyboard.type("spam")
    keyboard.press("Enter")
    visitor.is_at("/szukaj/?q=spam")
    tab_to(visitor, page.get_by_role("main").get_by_role("link", name="E-mail nie przychodzi"))
    outline = focused.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none"
    keyboard.press("Enter")
    visitor.is_at("/pomoc/nie-ma-wiadomosci/")
