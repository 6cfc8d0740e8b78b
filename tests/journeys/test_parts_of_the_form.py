"""The parts of the first form with JavaScript: each says what it lacks while the form is filled in."""

import pytest
from playwright.sync_api import expect

from tests.helpers.factories import make_examiner
from tests.journeys.visitor import FILLED, WORKPLACE, NewVisitor, Visitor

pytestmark = pytest.mark.journey

DIFFERS = "Adres do korespondencji jest inny niż adres zamieszkania"


def says(visitor: Visitor, *states: str) -> None:
    expect(visitor.page.get_by_role("navigation", name="Części formularza").locator("li span")).to_have_text(states)


@pytest.fixture
def filling(visitor: Visitor) -> Visitor:
    make_examiner(numbers=("A-1",))
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    return visitor


def test_a_part_says_how_many_fields_are_left(filling: Visitor) -> None:
    three, five, one = "do uzupełnienia: 3 pola", "do uzupełnienia: 5 pól", "do uzupełnienia: 1 pole"
    says(filling, three, three, five, one)
    filling.field("Imię").press_sequentially("A")
    says(filling, three, "do uzupełnienia: 2 pola", five, one)
    filling.field("Imię").fill(" ")
    says(filling, three, three, five, one)
    filling.field("Kraj").select_option("DE")
    says(filling, three, three, "do uzupełnienia: 4 pola", one)
    filling.field(DIFFERS).check()
    says(filling, three, three, "do uzupełnienia: 7 pól", one)
    filling.field("Zatrudnienie").select_option("uczelnia")
    says(filling, three, three, "do uzupełnienia: 7 pól", "do uzupełnienia: 2 pola")
    filling.field(DIFFERS).uncheck()
    filling.field("Zatrudnienie").select_option("nie pracuję")
    says(filling, three, three, "do uzupełnienia: 4 pola", "gotowe")
    assert filling.page.locator(".parts [aria-live], .parts [role=status]").count() == 0


def test_a_filled_form_is_ready_in_every_part(filling: Visitor) -> None:
    filling.fill_in_the_form()
    says(filling, "gotowe", "gotowe", "gotowe", "gotowe")
    filling.page.get_by_role("button", name="Podpowiedz cztery słowa").click()
    says(filling, "gotowe", "gotowe", "gotowe", "gotowe")
    filling.look()


def test_an_error_is_said_until_the_answer_is_another(filling: Visitor) -> None:
    filling.fill(FILLED | {"Adres e-mail": "anna@gmial.com", "Kod pocztowy": "6165", "Nazwisko": ""})
    filling.press("Zapisz")
    says(filling, "1 błąd", "1 błąd", "2 błędy", "1 błąd")
    filling.page.get_by_label("Tak, adres anna@gmial.com jest poprawny").check()
    says(filling, "gotowe", "1 błąd", "2 błędy", "1 błąd")
    filling.field("Nazwisko").fill("Łukasik")
    filling.field("Kod pocztowy").fill("61655")
    filling.field("Województwo").select_option("wielkopolskie")
    says(filling, "gotowe", "gotowe", "gotowe", "1 błąd")
    filling.field("Zatrudnienie").select_option("szkoła lub placówka")
    says(filling, "gotowe", "gotowe", "gotowe", "do uzupełnienia: 2 pola")
    filling.fill(WORKPLACE)
    filling.press("Zapisz")
    filling.is_at("/konto/aktywacja/")


def test_a_link_leads_to_its_part(filling: Visitor) -> None:
    filling.page.get_by_role("link", name="Dane osobowe").click()
    expect(filling.page.get_by_role("group", name="Dane osobowe", exact=True)).to_be_in_viewport()
    filling.page.keyboard.press("Tab")
    expect(filling.field("Imię")).to_be_focused()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_list_stands_beside_the_form_where_there_is_room(new_visitor: NewVisitor, width: int) -> None:
    make_examiner(numbers=("A-1",))
    visitor = new_visitor(width=width)
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    parts = visitor.page.get_by_role("navigation", name="Części formularza")
    assert parts.count() == 1
    visitor.field("Zatrudnienie").scroll_into_view_if_needed()
    form, listed = visitor.page.locator("#typed-form").bounding_box(), parts.bounding_box()
    assert form
    assert listed
    is_beside = width == 1280
    assert (listed["x"] >= form["x"] + form["width"]) is is_beside
    assert (listed["y"] >= 0) is is_beside  # it stays in view
    assert (listed["y"] + listed["height"] <= form["y"]) is not is_beside
