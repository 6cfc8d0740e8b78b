import pytest
from playwright.sync_api import expect

from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.journeys.visitor import ColorScheme, NewVisitor, Post, Visitor

pytestmark = pytest.mark.journey
NEW = "zupełnie nowe hasło 2026"


def test_from_forgotten_to_logged_in(visitor: Visitor, new_visitor: NewVisitor, post_goes_out: Post) -> None:
    make_account(make_examiner())
    elsewhere = new_visitor()
    elsewhere.log_in()
    elsewhere.is_at("/konto/")
    visitor.open("/konto/logowanie/")
    visitor.page.get_by_role("link", name="Nie pamiętasz hasła?").click()
    visitor.is_at("/konto/haslo/")
    visitor.press("Wyślij link")
    visitor.look()
    visitor.fill({"PESEL": PESELS[0]})
    visitor.press("Wyślij link")
    visitor.is_at("/konto/haslo/wyslane/")
    link = post_goes_out()
    visitor.open(link)
    visitor.fill({"Nowe hasło": "krótkie", "Powtórz hasło": "krótkie"})
    visitor.press("Zapisz")
    visitor.look()
    visitor.fill({"Nowe hasło": NEW, "Powtórz hasło": NEW})
    visitor.press("Zapisz")
    visitor.is_at("/konto/haslo/zmienione/")
    elsewhere.page.goto("/konto/")
    assert elsewhere.page.url.endswith("/konto/logowanie/?next=/konto/")
    visitor.log_in(NEW)
    visitor.is_at("/konto/")
    visitor.page.goto(link)
    visitor.look_at_an_error()


def test_staff_look_a_case_code_up(visitor: Visitor, new_visitor: NewVisitor) -> None:
    make_account(make_examiner(numbers=("A-1",)))
    make_staff()
    visitor.log_in("A-1")
    code = visitor.page.locator(".case-code").inner_text()
    visitor.look()
    staff = new_visitor()
    staff.open("/panel/sprawy/")
    staff.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": "kasztan-rower-okno-mgla"})
    staff.press("Zaloguj się")
    staff.is_at("/panel/sprawy/")
    staff.fill({"Kod sprawy": code.lower().replace("-", " ")})
    staff.press("Sprawdź")
    staff.look()
    expect(staff.page.get_by_text("Anna Maria Łukasik")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_my_account_and_its_form(new_visitor: NewVisitor, width: int, scheme: ColorScheme) -> None:
    make_account(make_examiner())
    visitor = new_visitor(width=width, color_scheme=scheme)
    visitor.log_in()
    visitor.is_at("/konto/")
    visitor.page.get_by_role("link", name="Zmień moje dane").click()
    visitor.is_at("/konto/dane/")
    expect(visitor.field("Telefon")).to_have_value("61 854 01 60")
    visitor.fill({"Miejscowość": "Gniezno", "Kod pocztowy": "62-20"})
    visitor.press("Zapisz")
    visitor.look()
    visitor.fill({"Kod pocztowy": "62-200"})
    visitor.press("Zapisz")
    visitor.is_at("/konto/")
    expect(visitor.page.get_by_text("Gniezno", exact=True)).to_be_visible()
