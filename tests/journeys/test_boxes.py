"""The boxes of forms on the screen: within their forms, in line with their neighbours, passwords with their buttons."""

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey

WIDTHS = [320, 640, 800, 1280]
BOXES = "main :is(input:not([type=hidden], [type=checkbox]), select):visible"


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box
    return box


def overlaps(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def check_boxes(visitor: Visitor) -> None:
    """Require that no box leaves its form or lies on another field, and that paired boxes stand on one line."""
    form = box_of(visitor.page.locator("#typed-form"))
    boxes = [box_of(each) for each in visitor.page.locator(BOXES).all()]
    assert len(boxes) > 10
    assert [box for box in boxes if box["x"] < form["x"] or box["x"] + box["width"] > form["x"] + form["width"]] == []
    fields = [box_of(each) for each in visitor.page.locator("#typed-form .field:visible:not(details)").all()]
    assert [(one, other) for one in fields for other in fields if one is not other and overlaps(one, other)] == []
    for row in visitor.page.locator(".field-row:visible").all():
        first, second = (box_of(each) for each in row.locator("input").all())
        is_beside = visitor.page.evaluate("innerWidth") >= 640
        assert (first["y"] == second["y"]) is is_beside


@pytest.mark.parametrize("width", WIDTHS)
def test_boxes_stand_in_line_with_and_without_errors(new_visitor: NewVisitor, width: int) -> None:
    make_examiner(numbers=("A-1",))
    visitor = new_visitor(width=width)
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    check_boxes(visitor)
    visitor.field("Adres do korespondencji jest inny niż adres zamieszkania").check()
    visitor.field("Zatrudnienie").select_option("uczelnia")
    visitor.field("Kod pocztowy").fill("616")
    visitor.press("Zapisz")
    expect(visitor.page.locator(".error-summary")).to_be_focused()
    check_boxes(visitor)
    visitor.look()


def test_a_box_is_as_wide_as_its_answer(visitor: Visitor) -> None:
    make_account(make_examiner(numbers=("A-1",)))
    visitor.log_in()
    visitor.open("/konto/dane/")
    widths = [
        box_of(visitor.field(label))["width"]
        for label in ("Numer domu", "Kod pocztowy", "Telefon", "Nazwisko", "Województwo", "Ulica")
    ]
    number, code, phone, name, listed, street = widths
    assert number == code < phone < name == listed < street < box_of(visitor.page.locator("#typed-form"))["width"]


def check_passwords(visitor: Visitor, count: int = 1) -> None:
    """Require of each password that its button stands at the end of its box, moves nothing, and shows it."""
    passwords = visitor.page.locator("input[type=password]:visible")
    expect(passwords).to_have_count(count)
    buttons = visitor.page.get_by_role("button", name="Pokaż hasło", exact=True).locator("visible=true")
    expect(buttons).to_have_count(count)
    ids = passwords.evaluate_all("boxes => boxes.map(box => box.id)")
    for index, id_ in enumerate(ids):
        password, button = visitor.page.locator(f"[id='{id_}']"), buttons.nth(index)
        button.scroll_into_view_if_needed()
        before, beside = box_of(password), box_of(button)
        assert (beside["y"], beside["height"]) == (before["y"], before["height"])
        assert 0 < beside["x"] - (before["x"] + before["width"]) < 16
        assert beside["x"] + beside["width"] <= visitor.page.evaluate("innerWidth") - 16
        button.click()
        expect(password).to_have_attribute("type", "text")
        expect(button).to_have_attribute("aria-pressed", "true")
        for place, was in ((password, before), (button, beside)):
            now = box_of(place)
            assert (now["x"], now["width"], now["height"]) == (was["x"], was["width"], was["height"])


@pytest.mark.parametrize("width", WIDTHS)
def test_every_password_has_its_button_at_the_end(new_visitor: NewVisitor, width: int) -> None:
    stranger = new_visitor(width=width)
    stranger.open("/")
    stranger.page.locator(".login-box summary").click()
    check_passwords(stranger)
    stranger.open("/konto/logowanie/")
    check_passwords(stranger)

    make_examiner(pesel=PESELS[1], numbers=("B-1",))
    first = new_visitor(width=width)
    first.log_in("B-1", PESELS[1])
    first.is_at("/konto/zakladanie/")
    check_passwords(first, 2)

    make_claim(make_examiner(pesel=PESELS[2], numbers=("C-1",)), email="ewa@example.org")
    waiting = new_visitor(width=width)
    waiting.log_in(PASSWORD, PESELS[2])
    waiting.open("/konto/aktywacja/adres/")
    check_passwords(waiting)

    make_account(make_examiner(numbers=("A-1",)))
    owner = new_visitor(width=width)
    owner.log_in()
    owner.is_at("/konto/")
    for path, count in (("/konto/adres/", 1), ("/konto/zmiana-hasla/", 3), ("/konto/potwierdzenie/", 1)):
        owner.open(path)
        check_passwords(owner, count)
