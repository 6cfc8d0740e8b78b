"""The work of whoever keeps the register, with its clicks counted: finding a person, keeping a list."""

import pytest
from playwright.sync_api import expect

from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey
FIRST_NAMES = ("Anna", "Barbara", "Zofia")


@pytest.fixture
def people(site: str) -> None:
    for pesel, first_names in zip(PESELS, FIRST_NAMES, strict=False):
        make_examiner(pesel=pesel, numbers=(f"A-{first_names}",), surname="Kowalska", first_names=first_names)
    make_account(make_examiner(pesel=PESELS[3], numbers=("A-Ż",), surname="Żak"))
    make_staff(roles=[Role.RECORDS])


def log_in(visitor: Visitor) -> None:
    visitor.page.goto("/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Pulpit")


@pytest.mark.usefixtures("people")
def test_one_kowalska_of_three_is_two_clicks_from_the_first_screen(visitor: Visitor) -> None:
    log_in(visitor)
    visitor.look()
    page = visitor.page
    page.get_by_label("Szukaj").fill("kowalska b")
    page.get_by_role("button", name="Znajdź osobę").click()
    expect(page.get_by_role("heading", name="Na liście: 1 osoba")).to_be_visible()
    visitor.look()
    page.get_by_role("link", name="Kowalska Barbara").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Barbara Kowalska")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("with_script", [True, False])
def test_a_list_of_a_scope_without_accounts_is_kept_under_a_name(
    new_visitor: NewVisitor, width: int, *, with_script: bool
) -> None:
    visitor = new_visitor(width=width, java_script_enabled=with_script)
    log_in(visitor)
    page = visitor.page
    page.goto("/panel/egzaminatorzy/")
    if width < 768:
        expect(page.get_by_label("Zakres")).to_be_hidden()
        page.get_by_text("Filtry").click()
    page.get_by_label("Zakres").select_option("MBI – biologia")
    page.get_by_label("Stan konta").select_option("bez konta")
    page.get_by_role("button", name="Pokaż").click()
    expect(page.get_by_role("heading", name="Na liście: 3 osoby")).to_be_visible()
    assert [row.inner_text() for row in page.locator("tbody th").all()] == [f"Kowalska {name}" for name in FIRST_NAMES]
    if with_script:
        visitor.look()
    page.get_by_label("Nazwa listy").fill("Biologia, bez konta")
    page.get_by_role("button", name="Zapisz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Egzaminatorzy: Biologia, bez konta")
    page.goto("/panel/egzaminatorzy/")
    page.get_by_role("link", name="Biologia, bez konta").click()
    expect(page.get_by_role("heading", name="Na liście: 3 osoby")).to_be_visible()
    if with_script:
        visitor.look()
