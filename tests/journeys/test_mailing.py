"""The board writes to its mathematicians, in real browsers, by a real worker and a real mail server."""

import io
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import expect

from egzaminator.accounts.models import Account
from egzaminator.core.text import compact
from egzaminator.mail.enums import MAILING, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Examiner, Scope
from egzaminator.staff.roles import Role
from tests.faults.workers import Worker, wait_for
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.mfa import give_totp, totp_code
from tests.helpers.receiver import Receiver
from tests.helpers.reports import report
from tests.helpers.size import whole_or_tenth
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("empty_queue")]
PEOPLE: Final = whole_or_tenth(500)
# Seconds. The site, the worker, the mail server and the browser share the machine.
PATIENCE: Final = 90
REFUSED, RETURNED, HELD = "odmowa@szkola.example", "dawny@szkola.example", "polowa@szkola.example"
ANNA, JAN = "anna@example.org", "jan@example.org"
SUBJECT: Final = "Szkolenie w maju"
BODY: Final = """{zwrot},

zapraszamy na **szkolenie**:

- 12 maja, zasady oceniania,
- 19 maja, ćwiczenia.

Zapisy: [formularz](https://oke.example/zapisy). Wpisy: {numery}."""


def add_mathematician(scope: Scope, serial: int, *, email: str, pesel: str | None = None) -> Examiner:
    login = {} if pesel else {"identifier": f"BP-{serial}", "identifier_key": f"bp-{serial}"}
    names = {"surname": f"Lis{serial:03}", "first_names": "Anna"}
    examiner = make_examiner(pesel=pesel, numbers=(), email=email, postal_address=None, **names, **login)
    number = f"MMA/{serial}/2019"
    Entry.objects.create(
        examiner=examiner,
        scope=scope,
        number=number,
        number_key=compact(number),
        state=EntryState.ACTIVE,
        entered_on="2019-03-01",
    )
    return examiner


@pytest.fixture
def accounts(site: str) -> tuple[Account, Account]:
    """Make the mathematicians, and a biologist. Return two accounts of theirs; the second has a second factor."""
    scope = Scope.objects.create(code="MMA", exam_kind=ExamKind.MATURA, name="matematyka")
    special = {5: REFUSED, 7: RETURNED, 9: "", PEOPLE // 2: HELD}
    for serial in range(2, PEOPLE):
        add_mathematician(scope, serial, email=special.get(serial, f"lis{serial}@szkola.example"))
    make_examiner(pesel=PESELS[2], email="biolog@szkola.example", surname="Zając")
    anna = make_account(add_mathematician(scope, 0, email="", pesel=PESELS[0]), email=ANNA)
    jan = make_account(add_mathematician(scope, 1, email="", pesel=PESELS[1]), email=JAN)
    give_totp(jan)
    refresh_all_list_keys()  # as the worker does each minute; a page makes the keys of the first 500 changes only
    return anna, jan


@pytest.fixture
def officer(visitor: Visitor) -> Visitor:
    make_staff(roles=[Role.RECORDS])
    visitor.open("/konto/logowanie/?next=/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/")
    return visitor


def follow(visitor: Visitor, name: str | re.Pattern[str]) -> None:
    visitor.page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def said(visitor: Visitor, words: str) -> None:
    expect(visitor.page.get_by_role("main")).to_contain_text(words)


def readers(mailbox: Receiver) -> list[str]:
    """Return who got the message, by the mail server: the service sends other e-mails as well."""
    return [received.recipient for received in mailbox.received if received.email["Subject"] == SUBJECT]


def is_nothing_in_flight() -> bool:
    in_flight = [DeliveryState.QUEUED, DeliveryState.SENDING]
    return not Email.objects.filter(kind=MAILING, state__in=in_flight).exists()


def take_report_of(received_by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand the service a mail server's report that the e-mail to somebody came back."""
    raw = report(Email.objects.get(kind=MAILING, email=received_by))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("read_bounce")


def read_as(visitor: Visitor, pesel: str, *, number: str, code: str = "") -> None:
    """Log in as an examiner, and read the message: three clicks from the overview."""
    visitor.log_in(name=pesel)
    if code:
        visitor.fill({"Kod z aplikacji lub kod zapasowy": code})
        visitor.press("Zaloguj się")
    visitor.is_at("/konto/")
    follow(visitor, "Wiadomości od komisji")
    visitor.look_in_every_light()
    follow(visitor, SUBJECT)
    visitor.sees(SUBJECT)
    said(visitor, f"Wpisy: {number}.")
    visitor.look_in_every_light()


def test_a_message_to_all_mathematicians(  # noqa: PLR0915 -- one story, from the list to whom it missed
    officer: Visitor,
    accounts: tuple[Account, Account],
    mailbox: Receiver,
    new_visitor: NewVisitor,
    site: str,
    start_worker: Callable[[int], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the Pulpit it takes nine clicks to the sending, besides what is typed."""
    monkeypatch.setenv("PUBLIC_BASE_URL", site)  # the worker's
    mailbox.answer("RCPT", REFUSED, "550 5.1.1 No such user")
    held = mailbox.hold(HELD)
    start_worker(mailbox.port)
    main = officer.page.get_by_role("main")

    officer.page.get_by_role("navigation", name="Panel").get_by_role("link", name="Egzaminatorzy").click()
    officer.field("Zakres").select_option("MMA – matematyka")
    officer.press("Pokaż")
    officer.sees(f"Na liście: {PEOPLE} osób")
    follow(officer, "Napisz do nich")
    officer.look_in_every_light()
    officer.press("Zapisz szkic")
    expect(officer.page.locator(".error-summary")).to_be_focused()
    officer.look()
    officer.fill({"Temat": SUBJECT, "Treść": BODY.replace("{imię}", "{imie}") + "\n\n{imie}"})
    officer.press("Zapisz szkic")
    said(officer, "Nie ma pola {imie}")
    officer.fill({"Treść": BODY})
    officer.press("Zapisz szkic")
    said(officer, f"Wiadomość pójdzie do {PEOPLE} osób.")
    officer.look_in_every_light()

    officer.press("Wyślij próbną do mnie")
    said(officer, "Próbna wiadomość jest w drodze do twojej skrzynki")
    wait_for(lambda: readers(mailbox) == ["jan@oke.example"])
    (test,) = (received for received in mailbox.received if received.email["Subject"] == SUBJECT)
    assert "Szanowna Pani," in test.body("plain")
    follow(officer, "Podgląd")
    officer.fill({"PESEL, identyfikator lub numer ewidencyjny": "MMA/0/2019"})
    officer.press("Pokaż")
    said(officer, "numery: w Moim koncie")
    officer.look_in_every_light()
    follow(officer, "Wróć do wiadomości")

    follow(officer, "Wyślij…")
    said(officer, "Nie mają adresu e-mail")
    officer.look_in_every_light()
    officer.press(f"Wyślij do {PEOPLE} osób")
    mailbox.wait_until_silent(PATIENCE)
    said(officer, "Wysyłka trwa.")
    officer.look_in_every_light()
    officer.press("Wstrzymaj")
    said(officer, "Wysyłka jest wstrzymana.")
    officer.look_in_every_light()
    held.set()
    wait_for(is_nothing_in_flight)
    sent_before = len(readers(mailbox))
    officer.page.reload()
    expect(main.get_by_role("link", name=re.compile(r"^\d+ czeka$"))).to_be_visible()

    officer.press("Wznów")
    said(officer, "Wysyłka została wznowiona.")
    page = officer.page.url
    wait_for(lambda: is_over(officer, page), PATIENCE)
    assert sent_before < len(readers(mailbox))
    take_report_of(RETURNED, monkeypatch)
    officer.page.goto(page)
    said(officer, f"E-maila nie dostały 3 osoby z {PEOPLE}.")
    officer.look_in_every_light()
    for state, serial in (("odrzucona", 5), ("wróciła", 7), ("brak adresu e-mail", 9)):
        officer.page.goto(page)
        follow(officer, f"1 {state}")
        assert main.locator("tbody th").all_inner_texts() == [f"Lis{serial:03} Anna"]
    officer.look_in_every_light()

    for who, pesel, code in ((0, PESELS[0], ""), (1, PESELS[1], totp_code())):
        read_as(new_visitor(width=360), pesel, number=f"MMA/{who}/2019", code=code)
    officer.page.goto(page)
    expect(main.locator("dt", has_text="Przeczytana w „Moim koncie”").locator("+ dd")).to_have_text("2")

    follow(officer, "Wyślij do tych, do których nie dotarła")
    said(officer, "Nie mają adresu e-mail")
    officer.look_in_every_light()
    officer.press("Wyślij do 1 osoby")
    wait_for(lambda: REFUSED in readers(mailbox))
    wait_for(lambda: is_over(officer, page))
    said(officer, f"E-maila nie dostały 2 osoby z {PEOPLE}.")
    expect(main.get_by_role("link", name="1 pominięta")).to_be_visible()

    assert exported(officer, page) == [
        ("Lis007", "Anna", "MMA/7/2019", None, "pominięta", "adres e-mail jest wstrzymany, bo e-maile z niego wracały"),
        ("Lis009", "Anna", "MMA/9/2019", None, "brak adresu e-mail", None),
    ]

    reached = [f"lis{serial}@szkola.example" for serial in range(2, PEOPLE) if serial not in {5, 7, 9, PEOPLE // 2}]
    assert Counter(readers(mailbox)) == Counter([*reached, REFUSED, RETURNED, HELD, ANNA, JAN, "jan@oke.example"])
    assert len({received.email["Message-ID"] for received in mailbox.received}) == len(mailbox.received)


def exported(officer: Visitor, page: str) -> list[tuple[object, ...]]:
    """Export the list of whom a message has not reached, and return its rows: name, numbers, address, state, reason."""
    main = officer.page.get_by_role("main")
    officer.page.goto(page)
    follow(officer, "1 pominięta")
    follow(officer, "nie dotarła (2)")
    officer.look_in_every_light()
    follow(officer, "Eksportuj listę")
    expect(officer.field("Stan")).to_have_value("missed")
    officer.look_in_every_light()
    officer.fill({"Powód": "Telefony do osób, których e-mail nie doszedł"})
    officer.press("Przygotuj plik")
    expect(main.get_by_role("button", name="Pobierz plik")).to_be_visible(timeout=PATIENCE * 1000)
    with officer.page.expect_download() as download:
        officer.press("Pobierz plik")
    content = Path(download.value.path()).read_bytes()
    _, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [row[:6] for row in rows]


def is_over(officer: Visitor, page: str) -> bool:
    """Look at a message's page, and return whether it is sent."""
    officer.page.goto(page)
    return officer.page.locator(".person-head .tag").inner_text() == "wysłana"
