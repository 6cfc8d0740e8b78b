"""A decision list from the mailbox to the register, in a real browser; axe looks at each page."""

import io
from pathlib import Path
from typing import Final

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.panel.domain.undo_import import may_import
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.models import Entry
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_staff
from tests.journeys.visitor import Visitor
from tests.register.decision_list import ROWS, WRONG, corrected, decision_list
from tests.register.files import ANNA, csv_file
from tests.register.importing import read

pytestmark = pytest.mark.journey
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def officer(visitor: Visitor) -> Visitor:
    make_staff(roles=[Role.RECORDS])
    visitor.open("/konto/logowanie/?next=/panel/import/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/import/")
    return visitor


def send(officer: Visitor, name: str, content: bytes) -> None:
    """Send a file, and have it checked."""
    officer.page.goto(officer.page.url.partition("/panel/")[0] + "/panel/import/")
    officer.page.get_by_label("Plik", exact=True).set_input_files({"name": name, "mimeType": _XLSX, "buffer": content})
    officer.press("Sprawdź plik")
    expect(officer.page.get_by_text("Plik czeka na swoją kolej")).to_be_visible()
    check_import(own_rows=own_rows)
    officer.page.reload()


def test_a_list_with_twelve_mistakes_is_corrected_and_applied(officer: Visitor, tmp_path: Path) -> None:
    """Besides the spreadsheet it takes four clicks to the file to correct, and four to the register."""
    officer.look_in_every_light()
    send(officer, "decyzje marzec.xlsx", decision_list())
    main = officer.page.get_by_role("main")
    expect(main.get_by_role("link", name="12 błędne")).to_be_visible()
    expect(main.get_by_role("button", name="Zastosuj")).to_have_count(0)
    expect(main.locator("tbody tr")).to_have_count(len(WRONG))
    expect(main).to_contain_text("Numer PESEL składa się z samych cyfr")
    officer.look_in_every_light()

    officer.press("Przygotuj plik do poprawy (XLSX)")
    expect(officer.page.get_by_text("Plik czeka na swoją kolej")).to_be_visible()
    make_export()
    officer.page.reload()
    with officer.page.expect_download() as download:
        officer.press("Pobierz plik")
    content = Path(download.value.path()).read_bytes()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.max_row == 1 + ROWS
    assert [cell.value for cell in sheet["B"][1 : 1 + len(WRONG)]] == [str(line) for line in WRONG]
    assert all(cell.value for cell in sheet["A"][1 : 1 + len(WRONG)])

    send(officer, "decyzje poprawione.xlsx", corrected(content))
    expect(main.get_by_role("link", name="300 nowe")).to_be_visible()
    officer.look_in_every_light()
    officer.press("Zastosuj 300 wierszy")
    expect(officer.page.get_by_text("Plik czeka na swoją kolej")).to_be_visible()
    assert not Entry.objects.exists()
    apply_import(may_apply=may_import, own_rows=own_rows)
    officer.page.reload()
    expect(main.get_by_role("heading", name="Zmiany z tego pliku są w ewidencji")).to_be_visible()
    assert Entry.objects.count() == ROWS
    officer.look_in_every_light()


def test_what_changed_is_seen_before_it_is_written(officer: Visitor) -> None:
    read(ANNA)
    send(officer, "zmiany.csv", csv_file(ANNA | {"nazwisko": "Łukasik-Nowak"}).getvalue())
    main = officer.page.get_by_role("main")
    change = main.locator("tbody tr")
    expect(change).to_contain_text("Łukasik")
    expect(change).to_contain_text("Łukasik-Nowak")
    officer.look_in_every_light()
    officer.press("Zrezygnuj z tego pliku")
    expect(officer.page.get_by_text("Nic z niego nie trafiło do ewidencji").first).to_be_visible()
    assert Entry.objects.get().examiner.surname == "Łukasik"
    officer.look_in_every_light()


def test_a_file_that_is_none_is_refused_in_words(officer: Visitor) -> None:
    send(officer, "umowa.pdf", b"%PDF-1.7 ...")
    expect(officer.page.get_by_role("main")).to_contain_text("PDF")
    officer.look_in_every_light()
