"""Register files as people have them, through the browser: read right, or refused with the place and the cure."""

import io
import zipfile

import pytest
from django.test import Client
from openpyxl import Workbook

from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.domain.imports.check import check_import
from tests.helpers.html import words_of
from tests.panel.imports.sending import LIST, make_officer, sent
from tests.panel.staff_browser import browser_of
from tests.register.domain.test_read_xlsx_sheets import sheets
from tests.register.files import ANNA, COLUMNS, csv_file, sheet_row

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HEAD = ";".join(COLUMNS)
KOZMINSKI = ANNA | {"nazwisko": "Koźmiński", "imiona": "Święcisław Łukasz"}
ROW = ";".join(ANNA[name] for name in COLUMNS)


def text(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def ods() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return file.getvalue()


def formula() -> bytes:
    workbook = Workbook()
    workbook.worksheets[0].append(COLUMNS)
    workbook.worksheets[0].append([*sheet_row(ANNA)[:-1], "=TODAY()"])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


FILES = {
    "hidden": (sheets(hidden_A=[COLUMNS, sheet_row(ANNA)], B=[["opis"]]).getvalue(), "hidden_A"),
    "two": (sheets(A=[COLUMNS, sheet_row(ANNA)], B=[COLUMNS, sheet_row(ANNA)]).getvalue(), "„A”, „B”"),
    "empty": (sheets(A=[], B=[]).getvalue(), "„A”, „B”"),
    "sep": (text("sep=;", HEAD, ROW), "1 nowe"),
    "quoted": (text(HEAD, ROW.replace("MBI/1/2019", '"=""00123"""')), "00123"),
    "apostrophe": (text(HEAD, ROW.replace("MBI/1/2019", "'00124")), "00124"),
    "error": (text(HEAD, ROW.replace(";MBI;", ";#N/D!;")), "zakres"),
    "invisible": (text(HEAD, "\u202d" + ROW), "1 nowe"),
    "formula": (formula(), "data_decyzji"),
    "html": (b"<html><table><tr><td>pesel</td></tr></table></html>", "strona internetowa (HTML)"),
    "ods": (ods(), ".ods"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), ".xls"),
    "pdf": (b"%PDF-1.7", "PDF"),
    "columns": (text("imiona;nazwisko", "Anna;Żak"), "numer_ewidencyjny"),
    "latin2": (csv_file(*[KOZMINSKI] * 3, encoding="iso-8859-2").getvalue(), "Koźmiński Święcisław Łukasz"),
    "one name": (text(HEAD, ROW.replace("Anna Maria", "-")), "1 nowe"),
    "dash": (text(HEAD, ROW.replace("MBI/1/2019", "MBI\u20131\u20132019")), "MBI-1-2019"),
    "zip": (b"PK\x03\x04 not a workbook", "jest uszkodzony"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_read_or_the_page_says_what_to_do(kind: str) -> None:
    content, words = FILES[kind]
    client: Client = browser_of(make_officer())
    one = sent(client, content, f"{kind}.csv")
    check_import(own_rows=own_rows)
    page = client.get(f"{LIST}{one.pk}/")
    main = words_of(page).partition("Wszystkie importy")[2].partition("Jeśli wcześniej")[0]
    assert words in main
