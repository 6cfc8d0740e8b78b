import datetime
import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import xlsx_file


def read(file):
    return [(line, list(cells)) for line, cells in read_xlsx(file)]


def changed(file: io.BytesIO, **parts) -> io.BytesIO:
    """Give the workbook with parts put through functions of their text."""
    result = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            key = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts[key](text) if key in parts else text)
    result.seek(0)
    return result


def test_cells_of_every_type():
    values = [
        "tekst",
        44051401359,
        44051401359.0,
        1.5,
        True,
        datetime.date(2026, 11, 22),
        datetime.datetime(2026, 11, 22, 10, 54),  # noqa: DTZ001 -- workbooks know no time zones
        datetime.time(12, 5),
        None,
        "x",
    ]
    assert read(xlsx_file(values)) == [
        (
            1,
            [
                "tekst",
                "44051401359",
                "44051401359",
                "1.5",
                "True",
                datetime.date(2026, 11, 22),
                datetime.date(2026, 11, 22),
                datetime.time(12, 5),
                "",
                "x",
            ],
        )
    ]


def test_a_number_shown_as_a_date_is_a_date():
    file = xlsx_file([45983], number_formats={"A1": "yyyy-mm-dd"})
    assert read(file) == [(1, [datetime.date(2025, 11, 22)])]


def test_formulas_give_the_values_saved_with_them():
    file = xlsx_file(["=A2", "x"])
    cached = changed(file, sheet1=lambda text: re.sub(r"<v\s*/>|<v></v>", "<v>7</v>", text))
    assert read(cached) == [(1, ["7", "x"])]


def test_empty_rows_are_skipped_and_counted():
    assert read(xlsx_file([], ["a"], [None, "  "], [], ["b"])) == [(2, ["a"]), (5, ["b"])]


def test_wrong_dimensions_hide_nothing():
    file = changed(xlsx_file(["a", "b"], ["c", "d"]), sheet1=lambda text: re.sub(r'ref="A1:B2"', 'ref="A1"', text))
    assert read(file) == [(1, ["a", "b"]), (2, ["c", "d"])]


def test_the_first_sheet_is_read():
    workbook = Workbook()
    workbook.active.append(["first"])
    workbook.create_sheet().append(["second"])
    workbook.active = 1
    file = io.BytesIO()
    workbook.save(file)
    assert read(file) == [(1, ["first"])]


def test_an_empty_sheet_has_no_rows():
    assert read(xlsx_file()) == []


def test_a_date_out_of_range_is_an_error_value():
    file = xlsx_file([99999999], number_formats={"A1": "yyyy-mm-dd"})
    assert read(file) == [(1, ["#VALUE!"])]


@pytest.mark.parametrize("row", ["99999999999", "1048577"])
def test_rows_that_no_sheet_has_do_not_keep_it_busy(row):
    file = changed(xlsx_file(["a"], ["b"]), sheet1=lambda text: text.replace('r="2"', f'r="{row}"'))
    assert read(file) == [(1, ["a"])]


def test_columns_that_no_sheet_has_are_damage():
    file = changed(xlsx_file(["a", "b"]), sheet1=lambda text: text.replace('r="B1"', 'r="ZZZZZZZ1"'))
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    assert caught.value.problem is FileProblem.DAMAGED_WORKBOOK


@pytest.mark.parametrize("part", ["sheet1", "styles"])
def test_a_bomb_is_not_unpacked(part):
    file = changed(xlsx_file(["a"]), **{part: lambda text: text + " " * 30_000_000})
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    assert caught.value.problem is FileProblem.HUGE_WORKBOOK


def test_entities_do_not_multiply():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    file = changed(
        xlsx_file(["a"]),
        sheet1=lambda text: f"{bomb}]>" + text.replace("<t>a</t>", "<t>&i;</t>"),
    )
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    assert caught.value.problem is FileProblem.DAMAGED_WORKBOOK


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


def test_shared_texts_as_excel_keeps_them():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in AS_EXCEL_WRITES.items():
            archive.writestr(name, text)
    file.seek(0)
    assert read(file) == [(3, ["", "Łukasik", "", "Żak"])]
