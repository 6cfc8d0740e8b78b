"""Register files for tests, as the boards' software writes them."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

from openpyxl import Workbook

# What a cell of a workbook is written from.
XlsxValue = str | float | datetime.date | datetime.time | datetime.timedelta | None

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
ADDRESS = {
    "ulica": "Święty Marcin",
    "numer_domu": "4A",
    "numer_lokalu": "12",
    "kod_pocztowy": "61 806",
    "miejscowosc": "Poznań",
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
    *rows: Mapping[str, str], columns: Iterable[str] | None = None, separator: str = ";", encoding: str = "utf-8"
) -> io.BytesIO:
    """Return a CSV file of rows. The columns are those that any row has."""
    names = list(columns or dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=separator, extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_file(
    *rows: Sequence[XlsxValue],
    number_formats: dict[str, str] | None = None,
    more: dict[str, Sequence[XlsxValue]] | None = None,
) -> io.BytesIO:
    """Return a workbook: rows of cells in the first sheet, column names first, and one row in each of `more` sheets."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for place, number_format in (number_formats or {}).items():
        sheet[place].number_format = number_format
    for name, cells in (more or {}).items():
        workbook.create_sheet(name).append(list(cells))
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def sheet_row(row: dict[str, str], **changes: XlsxValue) -> list[XlsxValue]:
    """Return a row's cells in the order of COLUMNS, with the date as a `date`, as in workbooks."""
    day = datetime.date.fromisoformat(row["data_decyzji"])
    return list((row | {"data_decyzji": day} | changes).values())


def changed(file: io.BytesIO, *, pack: int = zipfile.ZIP_DEFLATED, **parts: Callable[[str], str]) -> io.BytesIO:
    """Return the workbook with parts rewritten, each by a function of its text."""
    result = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", pack) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            key = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts[key](text) if key in parts else text)
    result.seek(0)
    return result


def packed(parts: Mapping[str, str]) -> io.BytesIO:
    """Return the workbook made of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    file.seek(0)
    return file
