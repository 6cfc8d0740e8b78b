"""What whoever keeps the register does in the panel, in a real browser; axe looks at each page."""

import pytest
from playwright.sync_api import expect

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner, Scope
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey


@pytest.fixture
def officer(visitor: Visitor) -> Visitor:
    make_staff(roles=[Role.RECORDS])
    visitor.open("/konto/logowanie/?next=/panel/egzaminatorzy/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/egzaminatorzy/")
    return visitor


def follow(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_a_pesel_is_seen_for_a_reason_that_its_owner_finds(officer: Visitor, new_visitor: NewVisitor) -> None:
    """From the person's page it takes two clicks and the reason."""
    account = make_account(make_examiner())
    page = f"/panel/egzaminatorzy/{account.examiner_id}/"
    officer.page.goto(page)
    officer.look_in_every_light()
    expect(officer.page.get_by_text(PESELS[0])).to_have_count(0)
    follow(officer, "Pokaż PESEL")
    officer.sees("Pokaż PESEL")
    officer.press("Pokaż PESEL")
    expect(officer.page.locator(".error-summary")).to_be_focused()
    officer.fill({"Powód": "Porównanie z decyzją"})
    officer.press("Pokaż PESEL")
    expect(officer.page.get_by_text(PESELS[0])).to_be_visible()
    officer.look_in_every_light()
    follow(officer, "Wróć do osoby")
    follow(officer, "Historia")
    expect(officer.page).to_have_url(f"{officer.page.url.partition('#')[0]}#history")
    expect(officer.page.get_by_text("Powód: Porównanie z decyzją")).to_be_visible()

    owner = new_visitor(width=360)
    owner.log_in()
    owner.open("/konto/historia/")
    expect(owner.page.get_by_text("Komisja wyświetliła twój pełny numer PESEL: Ewidencja")).to_be_visible()


def test_a_person_is_added_with_a_scope_that_was_missing(officer: Visitor) -> None:
    """A scope takes three clicks, a person another three, besides what is typed."""
    officer.page.goto("/panel/zakresy/")
    officer.look_in_every_light()
    follow(officer, "Dodaj zakres")
    officer.fill({"Kod": "INF.03", "Nazwa": "strony internetowe"})
    officer.field("Rodzaj egzaminu").select_option("egzamin zawodowy")
    officer.press("Dodaj zakres")
    officer.is_at("/panel/zakresy/")
    expect(officer.page.get_by_text("Zakres INF.03 jest na liście.")).to_be_visible()
    follow(officer, "INF.03")
    officer.look_in_every_light()

    officer.page.goto("/panel/egzaminatorzy/")
    follow(officer, "Dodaj osobę")
    officer.look_in_every_light()
    officer.press("Dodaj do ewidencji")
    expect(officer.page.locator(".error-summary")).to_be_focused()
    officer.look()
    officer.fill(
        {
            "PESEL": PESELS[1],
            "Imiona": "Jan",
            "Nazwisko": "Żak",
            "Numer ewidencyjny": "INF/7/2026",
            "Numer decyzji": "OKE-4410-7/26",
            "Data decyzji": "1.03.2026",
            "Powód": "Decyzja z dziennika podawczego",
        }
    )
    officer.field("Zakres").select_option("INF.03 – strony internetowe")
    officer.press("Dodaj do ewidencji")
    officer.sees("Jan Żak")
    assert Scope.objects.get().entry_count == 1
    assert Event.objects.get(tag=Tag.EXAMINER_ADDED).subject == Examiner.objects.get().id


def test_a_note_is_written_and_taken_back(officer: Visitor) -> None:
    examiner = make_examiner()
    officer.page.goto(f"/panel/egzaminatorzy/{examiner.id}/")
    follow(officer, "Dodaj notatkę")
    officer.look_in_every_light()
    officer.fill({"Notatka": "Prosi o kontakt po 16.00"})
    officer.press("Zapisz notatkę")
    notes = officer.page.get_by_role("region", name="Notatki")
    expect(notes.get_by_text("Prosi o kontakt po 16.00")).to_be_visible()
    notes.get_by_role("link", name="Usuń notatkę").click()
    officer.look_in_every_light()
    officer.fill({"Powód": "Pomyłka osoby"})
    officer.press("Usuń notatkę")
    expect(officer.page.get_by_text("Nie ma żadnej notatki.")).to_be_visible()
    follow(officer, "Historia na osobnej stronie")
    officer.look_in_every_light()
    follow(officer, "Wszystko, także wgląd w dane i nieudane próby")
    officer.look_in_every_light()
    officer.open("/panel/zakresy/")
    follow(officer, "Podstawy skreślenia")
    officer.is_at("/panel/zakresy/podstawy-skreslenia/")
    officer.look_in_every_light()


def test_two_records_with_accounts_are_joined_by_two(officer: Visitor, new_visitor: NewVisitor) -> None:
    """From the person's page it takes the one who asks five clicks, besides what is typed, and the other one two."""
    kept = make_account(make_examiner())
    other = make_account(
        make_examiner(pesel=None, numbers=("B/2",), identifier="UA-17", identifier_key="ua-17"),
        email="druga@example.org",
    )
    page = f"/panel/egzaminatorzy/{kept.examiner_id}/"
    officer.page.goto(page)
    follow(officer, "Połącz z inną osobą")
    officer.fill({"PESEL, identyfikator lub numer ewidencyjny z drugiego zapisu": "UA-17"})
    officer.press("Szukaj")
    officer.sees("Połącz z inną osobą")
    officer.press("Poproś o połączenie")
    expect(officer.page.locator(".error-summary")).to_be_focused()
    officer.look_in_every_light()
    officer.page.get_by_label("konto z drugiego zapisu: druga@example.org").check()
    officer.fill({"Powód": "Pismo z 3 marca"})
    officer.press("Poproś o połączenie")
    officer.is_at(page)

    make_staff(email="ewa@oke.example", name="Ewa Druga", roles=[Role.HELP_DESK])
    second = new_visitor()
    second.open("/konto/logowanie/?next=/panel/do-sprawdzenia/")
    second.fill({"Służbowy adres e-mail": "ewa@oke.example", "Hasło": PASSWORD})
    second.press("Zaloguj się")
    second.is_at("/panel/do-sprawdzenia/")
    waiting = second.page.get_by_role("listitem").filter(has_text="połączenie dwóch zapisów")
    waiting.get_by_role("link").first.click()
    second.look_in_every_light()
    second.press("Potwierdź i wykonaj")
    expect(second.page.get_by_text("Zrobione")).to_be_visible()
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.state, other.state, other.examiner) == ("closed", "active", Examiner.objects.get(joined_into=None))
