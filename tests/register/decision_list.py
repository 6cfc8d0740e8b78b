"""A decision list of three hundred, as a board's clerk keeps it in Excel, with twelve mistakes of twelve kinds."""

import datetime
import io
from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook, load_workbook

from tests.register.files import XlsxValue

HEADING: Final = [
    *("PESEL", "Identyfikator", "Imiona", "Nazwisko", "Numer ewidencyjny"),
    *("Zakres", "Rodzaj decyzji", "Nr decyzji", "Data decyzji"),
]
ROWS: Final = 300
_FIRST_NAMES: Final = ("Anna", "Jan Paweł", "Żaneta", "Łukasz", "Maria Zofia", "Święcisław")
_SURNAMES: Final = ("Nowak", "Łukasik", "Żak", "Święcicka-Bąk", "Kowalska", "Źrebiec", "Ćwikła")
# By the number of the row in the sheet: the column, and the mistake in it.
_MISTAKES: Final[dict[int, dict[str, XlsxValue]]] = {
    9: {"PESEL": 2070803628},  # a number, and its zero is gone
    31: {"PESEL": "44051401358"},
    57: {"PESEL": "4405140135"},
    80: {"PESEL": "4405140135O"},
    104: {"PESEL": None},
    131: {"Identyfikator": "BP 7"},
    155: {"Nazwisko": None},
    178: {"Nazwisko": "Nowak 2"},
    202: {"Numer ewidencyjny": None},
    229: {"Data decyzji": "wczoraj"},
    255: {"Data decyzji": "30.02.2026"},
    290: {"Rodzaj decyzji": "zmiana"},
}
WRONG: Final = tuple(_MISTAKES)


def pesel(number: int) -> str:
    """Return the PESEL of one of many invented people, born after 1940."""
    born = datetime.date(1940, 1, 1) + datetime.timedelta(days=number)
    digits = f"{born:%y%m%d}{number:04d}"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return f"{digits}{-total % 10}"


def right_row(line: int) -> dict[str, XlsxValue]:
    """Return the row of a line as it ought to be."""
    values = (
        *(pesel(line), None, _FIRST_NAMES[line % 6], _SURNAMES[line % 7], f"MBI/{line}/2026"),
        *("MBI", "wpis", f"OKE-4410-{line}/26", "2026-03-01"),
    )
    return dict(zip(HEADING, values, strict=True))


def decision_list() -> bytes:
    """Return the list with its mistakes, below a description on a sheet of its own."""
    workbook = Workbook()
    workbook.worksheets[0].title = "Opis"
    workbook.worksheets[0].append(["Lista decyzji Dyrektora OKE, marzec 2026"])
    sheet = workbook.create_sheet("Decyzje")
    sheet.append([*HEADING, "Uwagi"])
    for line in range(2, ROWS + 2):
        sheet.append([*(right_row(line) | _MISTAKES.get(line, {})).values(), "z sekretariatu"])
    return _saved(workbook)


def corrected(content: bytes) -> bytes:
    """Return the file that was downloaded, with its wrong rows put right, as a clerk does it in Excel."""
    workbook = load_workbook(io.BytesIO(content))
    (sheet,) = workbook.worksheets
    heading: Sequence[object] = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value:
            for name, value in right_row(int(str(row[1].value))).items():
                row[heading.index(name)].value = value
    return _saved(workbook)


def _saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
