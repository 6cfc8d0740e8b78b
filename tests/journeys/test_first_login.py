import re

import pytest
from playwright.sync_api import expect

from egzaminator.accounts.models import Account
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_examiner
from tests.helpers.receiver import Receiver
from tests.journeys.visitor import FILLED, NewVisitor, Post, Visitor

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [320, 1280])
def test_from_the_box_on_the_home_page_to_my_account(new_visitor: NewVisitor, post_goes_out: Post, width: int) -> None:
    make_examiner(numbers=("OKE/1/2019", "OKE/2/2020"))
    visitor = new_visitor(width=width)
    visitor.open("/")
    box = visitor.page.locator(".login-box")
    box.get_by_text("Zaloguj się").first.click()
    visitor.look()
    box.get_by_label("PESEL").fill(PESELS[0])
    box.get_by_label("Hasło").fill("oke/2/2020")
    box.get_by_role("button", name="Zaloguj się").click()
    visitor.is_at("/konto/zakladanie/")
    visitor.fill_in_the_form()
    visitor.press("Zapisz")
    visitor.is_at("/konto/aktywacja/")
    expect(visitor.page.get_by_text("anna@example.org")).to_be_visible()
    link = post_goes_out()
    expect(visitor.page.get_by_role("heading", name="E-mail jest w drodze")).to_be_visible()
    visitor.open(link)
    visitor.press("Aktywuj konto")
    visitor.is_at("/konto/")
    expect(visitor.page.get_by_role("rowheader", name="OKE/1/2019")).to_be_visible()
    expect(visitor.page.get_by_text("61 854 01 60").first).to_be_visible()
    visitor.page.get_by_role("button", name="Wyloguj się").click()
    visitor.is_at("/konto/wylogowano/")


def test_every_red_field_has_its_reason_and_a_link_to_it(visitor: Visitor) -> None:
    make_examiner(numbers=("A-1",))
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    visitor.field("Zatrudnienie").select_option("uczelnia")
    visitor.field("Adres do korespondencji jest inny niż adres zamieszkania").check()
    visitor.press("Zapisz")
    visitor.look()
    assert visitor.page.title().startswith("Błąd: ")
    summary = visitor.page.locator(".error-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link").all()
    assert len(links) == 16
    for link in links:
        link.click()
        focused = visitor.page.locator("*:focus")
        expect(focused).to_have_attribute("aria-invalid", "true")
        described = (focused.get_attribute("aria-describedby") or "").split()
        reasons = [visitor.page.locator(f"[id='{one}']").inner_text() for one in described if one.endswith("_error")]
        assert link.inner_text() in " ".join(reasons)
    visitor.fill(FILLED)
    visitor.field("Kod pocztowy").fill("6165")
    visitor.press("Zapisz")
    expect(visitor.field("Kod pocztowy")).to_have_value("6165")
    expect(visitor.field("Nazwisko")).to_have_value("Łukasik")
    expect(visitor.page.get_by_text("Hasło przyjęte, zmień")).to_be_visible()
    visitor.look()


def test_another_device_is_asked_for_the_password(new_visitor: NewVisitor, post_goes_out: Post) -> None:
    make_examiner(numbers=("A-1",))
    computer, phone = new_visitor(), new_visitor(width=320)
    computer.log_in("A-1")
    computer.fill_in_the_form()
    computer.press("Zapisz")
    computer.is_at("/konto/aktywacja/")
    computer.page.get_by_role("link", name="Adres jest błędny: popraw go").focus()
    phone.open(post_goes_out())
    phone.press("Aktywuj konto")
    phone.look()
    phone.fill({"Hasło wybrane w formularzu": "not the password"})
    phone.press("Aktywuj konto")
    phone.look()
    assert Account.objects.count() == 0
    phone.fill({"Hasło wybrane w formularzu": PASSWORD})
    phone.press("Aktywuj konto")
    phone.is_at("/konto/aktywne/")
    expect(computer.page.get_by_role("heading", name="Konto jest aktywne")).to_be_visible(timeout=10_000)
    expect(computer.page.get_by_role("link", name="Zaloguj się numerem PESEL i swoim hasłem")).to_be_focused()
    expect(computer.page.get_by_text("E-mail nie przychodzi?")).to_have_count(0)
    expect(computer.page.get_by_role("list", name="Droga do konta")).to_have_count(0)
    computer.look()


def test_a_mistyped_address_is_corrected(visitor: Visitor, post_goes_out: Post, mailbox: Receiver) -> None:
    make_examiner(numbers=("A-1",))
    mailbox.answer("RCPT", "anna@gmial.example", "550 5.1.1 No such user here")
    visitor.log_in("A-1")
    visitor.fill_in_the_form(**{"Adres e-mail": "anna@gmial.example"})
    visitor.press("Zapisz")
    visitor.is_at("/konto/aktywacja/")
    deliver_due()
    visitor.sees("E-mail został odrzucony")
    visitor.page.get_by_text("Co odpowiedział serwer poczty").click()
    expect(visitor.page.get_by_text("550 5.1.1 No such user here")).to_be_visible()
    visitor.page.get_by_role("link", name="Popraw adres").click()
    visitor.look()
    visitor.fill({"Adres e-mail": "anna@example.org", "Hasło wybrane w formularzu": PASSWORD})
    visitor.press("Popraw i wyślij")
    visitor.is_at("/konto/aktywacja/")
    visitor.open(post_goes_out())
    visitor.press("Aktywuj konto")
    visitor.is_at("/konto/")
    assert Account.objects.get().email == "anna@example.org"


def test_a_double_click_on_save_makes_one_claim(visitor: Visitor) -> None:
    make_examiner(numbers=("A-1",))
    visitor.log_in("A-1")
    visitor.fill_in_the_form()
    visitor.page.get_by_role("main").get_by_role("button", name="Zapisz").dblclick()
    visitor.is_at("/konto/aktywacja/")
    assert Claim.objects.count() == 1


def test_without_javascript(new_visitor: NewVisitor, post_goes_out: Post) -> None:
    make_examiner(numbers=("A-1",))
    visitor = new_visitor(java_script_enabled=False)
    page = visitor.page
    page.goto("/")
    box = page.locator(".login-box")
    box.get_by_text("Zaloguj się").first.click()
    box.get_by_label("PESEL").fill(PESELS[0])
    box.get_by_label("Hasło").fill("A-1")
    box.get_by_role("button", name="Zaloguj się").click()
    visitor.fill_in_the_form(Nazwisko="")
    visitor.press("Zapisz")
    expect(page.locator(".error-summary")).to_be_visible()
    visitor.fill({"Nazwisko": "Łukasik"})
    visitor.press("Zapisz")
    expect(page.get_by_text("E-mail czeka na wysłanie")).to_be_visible()
    link = post_goes_out()
    page.get_by_role("link", name="Sprawdź ponownie").click()
    expect(page.get_by_text("E-mail jest w drodze")).to_be_visible()
    page.goto(link)
    visitor.press("Aktywuj konto")
    expect(page.get_by_role("heading", name="Moje konto")).to_be_visible()
    page.get_by_role("button", name="Wyloguj się").first.click()
    expect(page).to_have_url(re.compile("/konto/wylogowano/$"))
    page.goto("/konto/logowanie/")
    visitor.fill({"PESEL": PESELS[0], "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    expect(page.get_by_role("heading", name="Moje konto")).to_be_visible()


def test_by_keyboard_alone(visitor: Visitor, post_goes_out: Post) -> None:
    make_examiner(numbers=("A-1",))
    page = visitor.page
    visitor.open("/konto/logowanie/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Przejdź do treści")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(visitor, "PESEL")
    page.keyboard.type(PESELS[0])
    _tab_to(visitor, "Hasło")
    page.keyboard.type("A-1")
    page.keyboard.press("Enter")
    visitor.is_at("/konto/zakladanie/")
    for label, value in FILLED.items():
        _tab_to(visitor, label)
        page.keyboard.type(value)
        if label == "Miejscowość":
            _tab_to(visitor, "Województwo")
            page.keyboard.type("wielk")
    _tab_to(visitor, "Zatrudnienie")
    page.keyboard.type("nie pr")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.is_at("/konto/aktywacja/")
    visitor.open(post_goes_out())
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Aktywuj konto":
            break
    page.keyboard.press("Enter")
    visitor.is_at("/konto/")


def _tab_to(visitor: Visitor, label: str) -> None:
    field = visitor.field(label)
    for _ in range(25):
        visitor.page.keyboard.press("Tab")
        if field.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {label}")


def test_five_minutes_before_its_end_the_form_offers_more_time(visitor: Visitor) -> None:
    make_examiner(numbers=("A-1",))
    visitor.page.clock.install()
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    offer = visitor.page.locator("#time-left")
    visitor.field("Imię").focus()
    visitor.page.clock.fast_forward("24:50")
    expect(offer).to_be_hidden()
    visitor.page.clock.fast_forward("00:15")
    expect(offer.get_by_role("heading")).to_be_focused()
    visitor.look()
    with visitor.page.expect_response("**/przedluz/") as prolonged:
        offer.get_by_role("button").click()
    assert prolonged.value.json() == {"seconds": 1800}
    expect(offer).to_be_hidden()
    expect(visitor.field("Imię")).to_be_focused()
    visitor.page.clock.fast_forward("20:00")
    expect(offer).to_be_hidden()
    visitor.page.clock.fast_forward("05:05")
    expect(offer).to_be_visible()
