"""What whoever keeps the register does every day, in a browser, with every click counted."""

import pytest
from playwright.sync_api import expect

from egzaminator.register.models import Examiner, Scope, StrikeOffGround
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_examiner, make_staff
from tests.journeys.visitor import Visitor
from tests.records.editing import decided_entry

pytestmark = pytest.mark.journey
WHY = "Odpis aktu małżeństwa z 3 marca"


@pytest.fixture
def examiner() -> Examiner:
    anna = make_examiner(numbers=())
    decided_entry(anna, "A/1")
    Scope.objects.create(code="MFI", name="fizyka")
    StrikeOffGround.objects.get_or_create(text="na wniosek egzaminatora")
    make_staff(roles=[Role.RECORDS])
    return anna


class Officer:
    """Whoever keeps the register, logged in at the page of a person. Every page is looked at."""

    def __init__(self, visitor: Visitor, examiner: Examiner) -> None:
        self.visitor = visitor
        self.clicks = 0
        visitor.open("/panel/")
        visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
        visitor.press("Zaloguj się")
        visitor.open(f"/panel/egzaminatorzy/{examiner.id}/")

    def follow(self, name: str) -> None:
        self.visitor.page.get_by_role("link", name=name).click()
        self.clicks += 1
        self.visitor.look()

    def send(self, name: str, fields: dict[str, str], **choices: int) -> None:
        self.visitor.fill(fields)
        for label, choice in choices.items():
            self.visitor.page.get_by_label(label).select_option(index=choice)
        self.visitor.page.get_by_role("button", name=name, exact=True).click()
        self.clicks += 1
        self.visitor.look()

    def reads(self, text: str) -> None:
        expect(self.visitor.page.get_by_role("main")).to_contain_text(text)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_day_of_an_officer(visitor: Visitor, examiner: Examiner, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 720})
    officer = Officer(visitor, examiner)

    officer.follow("Popraw : Nazwisko")
    officer.send("Popraw nazwisko i imiona", {"Nazwisko": "Łukasik-Żak", "Powód": WHY})
    officer.reads("dawniej: Łukasik (do ")
    assert officer.clicks == 2

    officer.follow("Skreśl : A/1")
    decision = {"Numer decyzji": "S/1", "Data decyzji": "1.03.2026", "Powód": WHY}
    officer.send("Skreśl", decision, Podstawa=1)
    officer.reads("skreślony")
    officer.follow("Cofnij skreślenie : A/1")
    officer.send("Cofnij skreślenie", {"Powód": WHY})
    officer.reads("cofnięte")
    assert officer.clicks == 6

    officer.follow("Dodaj wpis")
    entry = {"Numer ewidencyjny": "B/2", "Numer decyzji": "W/2", "Data decyzji": "2.03.2026", "Powód": WHY}
    officer.send("Dodaj wpis", entry, Zakres=2)
    officer.reads("B/2")
    assert officer.clicks == 8
    assert list(examiner.entries.order_by("number").values_list("number", "state")) == [
        ("A/1", "active"),
        ("B/2", "active"),
    ]
