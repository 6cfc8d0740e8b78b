"""Register files for tests, as boards' programs write them."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

COLUMNS = ["pesel", "imiona", "nazwisko", "numer_ewidencyjny", "zakres", "nr_decyzji", "data_decyzji"]
ANNA = {
    "pesel": "44051401359",
    "imiona": "Anna Maria",
    "nazwisko": "Łukasik",
    "numer_ewidencyjny": "MBI/1/2019",
    "zakres": "MBI",
    "nr_decyzji": "OKE-4410-1/19",
    "data_decyzji": "2019-03-01",
}
JAN = ANNA | {
    "pesel": "80071610614",
    "imiona": "Jan",
    "nazwisko": "Żak",
    "numer_ewidencyjny": "MCH/2/2019",
    "zakres": "MCH",
    "nr_decyzji": "OKE-4410-2/19",
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
AS_EXCEL_WRITES = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>
        <Override PartName="/xl/sharedStrings.xml" ContentType="{SPREADSHEET}.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
        <sheet name="Arkusz1" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
    "xl/sharedStrings.xml": f"""<sst xmlns="{MAIN}"><si><t>Żak</t></si>
        <si><r><t>Łu</t></r><r><rPr><b/></rPr><t>kasik</t></r></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{MAIN}"><sheetData><row r="3">
        <c r="B3" t="s"><v>1</v></c><c r="D3" t="s"><v>0</v></c></row></sheetData></worksheet>""",
}


def csv_file(
    *rows: dict[str, str], columns: Iterable[str] | None = None, separator: str = ";", encoding: str = "utf-8"
) -> io.BytesIO:
    """Write rows under the columns that any of them has."""
    names = list(columns or dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=separator, extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_file(
    *rows: Sequence[Any], number_formats: dict[str, str] | None = None, more: dict[str, Sequence[Any]] | None = None
) -> io.BytesIO:
    """Write rows of cells, the column names first, to the first sheet, and one row to each of `more` sheets."""
    workbook = Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for place, number_format in (number_formats or {}).items():
        sheet[place].number_format = number_format
    for name, cells in (more or {}).items():
        workbook.create_sheet(name).append(cells)
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def sheet_row(row: dict[str, Any], **changes: Any) -> list[Any]:
    """Give a row's cells in the order of COLUMNS, its date as a workbook has it."""
    day = datetime.date.fromisoformat(row["data_decyzji"])
    return list((row | {"data_decyzji": day} | changes).values())


def changed(file: io.BytesIO, *, pack: int = zipfile.ZIP_DEFLATED, **parts: Callable[[str], str]) -> io.BytesIO:
    """Give the workbook with parts put through functions of their text."""
    result = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", pack) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            key = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts[key](text) if key in parts else text)
    result.seek(0)
    return result


def packed(parts: Mapping[str, str]) -> io.BytesIO:
    """Give the workbook that has these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    file.seek(0)
    return file
