"""Two people in two tabs of one browser. Typed text survives a reload, deleted cookies and a change of language."""

import re

import pytest
from playwright.sync_api import Route, expect

from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.journeys.visitor import NewVisitor, Visitor
from tests.register.rows import digits_of

pytestmark = pytest.mark.journey
OTHER_PERSON = "W tej przeglądarce zalogowała się w międzyczasie inna osoba."


@pytest.fixture(autouse=True)
def _people(site: str) -> None:
    make_examiner(numbers=("A-1",))
    make_examiner(pesel=PESELS[1], numbers=("B-1",))


def test_the_form_of_the_first_is_not_saved_for_the_second(visitor: Visitor) -> None:
    visitor.log_in("A-1")
    visitor.fill_in_the_form()
    second = Visitor(visitor.page.context.new_page())
    second.log_in("B-1", PESELS[1])
    second.is_at("/konto/zakladanie/")
    visitor.press("Zapisz")
    # The other log-in has changed the CSRF token too, so the form is refused before it is read.
    expect(visitor.page.get_by_text(OTHER_PERSON)).to_be_visible()
    visitor.look_at_an_error()
    expect(visitor.field("Adres e-mail")).to_have_value("anna@example.org")
    expect(visitor.field("Nazwisko")).to_have_value("Łukasik")
    assert PESELS[1] not in visitor.page.content()
    assert Claim.objects.count() == 0
    visitor.fill({"PESEL": PESELS[0], "Hasło": "A-1"})
    visitor.press("Zapisz")
    visitor.is_at("/konto/aktywacja/")
    assert digits_of(Claim.objects.get().examiner) == PESELS[0]


def test_with_deleted_cookies_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.log_in("A-1")
    visitor.fill_in_the_form()
    visitor.page.context.clear_cookies()
    visitor.press("Zapisz")
    expect(visitor.page.get_by_role("region", name="Zaloguj się jeszcze raz")).to_be_focused()
    expect(visitor.page).to_have_title(re.compile("^Błąd: "))
    visitor.look_at_an_error()
    expect(visitor.field("Ulica")).to_have_value("Długa")
    visitor.fill({"PESEL": PESELS[0], "Hasło": "A-1"})
    visitor.press("Zapisz")
    visitor.is_at("/konto/aktywacja/")


@pytest.mark.parametrize("width", [320, 1280])
def test_another_language_and_a_reload_keep_what_was_typed(new_visitor: NewVisitor, width: int) -> None:
    visitor = new_visitor(width=width)
    visitor.log_in("A-1")
    visitor.fill_in_the_form()
    visitor.page.get_by_role("button", name="English").click()
    visitor.is_at("/en/konto/zakladanie/")
    expect(visitor.field("Surname")).to_have_value("Łukasik")
    expect(visitor.page.get_by_text("Password accepted, change it")).to_be_visible()
    visitor.page.goto("/konto/zakladanie/")
    visitor.field("Nazwisko").fill("Nowak")
    visitor.page.reload()
    visitor.look()
    expect(visitor.field("Nazwisko")).to_have_value("Nowak")
    kept = visitor.page.evaluate("JSON.stringify(sessionStorage)")
    assert "Nowak" in kept
    assert PASSWORD not in kept
    assert PESELS[0] not in kept


def test_enter_saves_and_what_is_saved_is_kept_no_longer(visitor: Visitor) -> None:
    visitor.log_in("A-1")
    visitor.fill_in_the_form()
    visitor.field("Nazwisko").press("Enter")
    visitor.is_at("/konto/aktywacja/")
    assert visitor.page.evaluate("sessionStorage.length") == 0


def test_of_another_person_s_form_nothing_is_put_in(visitor: Visitor) -> None:
    visitor.log_in("A-1")
    visitor.field("Nazwisko").fill("Nowak")
    visitor.log_in("B-1", PESELS[1])
    visitor.is_at("/konto/zakladanie/")
    expect(visitor.field("Nazwisko")).to_have_value("")
    assert "Nowak" not in visitor.page.evaluate("JSON.stringify(sessionStorage)")


def test_details_changed_in_one_tab_outlive_a_log_in_in_another(visitor: Visitor) -> None:
    make_account(make_examiner(pesel=PESELS[2], numbers=("C-1",)))
    visitor.log_in(name=PESELS[2])
    visitor.open("/konto/dane/")
    visitor.field("Miejscowość").first.fill("Gniezno")
    second = Visitor(visitor.page.context.new_page())
    second.page.goto("/konto/")
    second.page.get_by_role("button", name="Wyloguj się").click()
    second.is_at("/konto/wylogowano/")
    second.log_in(name=PESELS[2])
    second.is_at("/konto/")
    visitor.press("Zapisz")
    expect(visitor.page.get_by_text("Ta strona została otwarta przed twoim ostatnim logowaniem.")).to_be_visible()
    visitor.look_at_an_error()
    expect(visitor.field("Miejscowość").first).to_have_value("Gniezno")
    visitor.press("Zapisz")
    visitor.is_at("/konto/")
    expect(visitor.page.get_by_text("Gniezno").first).to_be_visible()


def test_back_shows_a_refused_log_in_again(visitor: Visitor) -> None:
    visitor.log_in("wrong number")
    code = visitor.page.locator(".case-code")
    expect(code).to_be_visible()
    shown = code.inner_text()
    visitor.page.get_by_role("main").get_by_role("link", name="Nie pamiętasz hasła?").click()
    visitor.is_at("/konto/haslo/")
    visitor.page.go_back()
    expect(visitor.page.locator(".case-code")).to_have_text(shown)
    visitor.look()


def test_a_browser_without_cookies_is_told_so(visitor: Visitor) -> None:
    visitor.page.route("**/*", lambda route: _keep_no_cookies(visitor, route))
    visitor.page.goto("/en/")
    box = visitor.page.locator(".login-box")
    box.locator("summary").click()
    box.get_by_label("PESEL").fill(PESELS[0])
    box.get_by_label("Password").fill("A-1")
    box.get_by_role("button", name="Log in", exact=True).click()
    visitor.sees("Allow cookies for this site")


def _keep_no_cookies(visitor: Visitor, route: Route) -> None:
    """Act like a browser that blocks cookies."""
    answer = route.fetch(max_redirects=0)
    visitor.page.context.clear_cookies()
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "set-cookie"}
    route.fulfill(response=answer, headers=kept)
