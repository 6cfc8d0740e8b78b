import datetime
import io
import re
import tracemalloc
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from egzaminator.register.domain import workbook
from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem, Problem
from tests.register.files import (
    ANNA,
    AS_EXCEL_WRITES,
    COLUMNS,
    JAN,
    MAIN,
    OFFICE,
    XlsxValue,
    changed,
    packed,
    sheet_row,
    xlsx_file,
)

SheetRows = Sequence[Sequence[XlsxValue]]


def read(file: io.BytesIO) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_xlsx(file).rows]


def problem_of(file: io.BytesIO) -> FileProblem:
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    return caught.value.problem


def test_cells_of_every_type() -> None:
    values: list[XlsxValue] = [
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
                Problem.TRUE_OR_FALSE,
                datetime.date(2026, 11, 22),
                datetime.date(2026, 11, 22),
                datetime.time(12, 5),
                "",
                "x",
            ],
        )
    ]


def test_a_number_shown_as_a_date_is_a_date() -> None:
    file = xlsx_file([45983], number_formats={"A1": "yyyy-mm-dd"})
    assert read(file) == [(1, [datetime.date(2025, 11, 22)])]


def test_formulas_give_the_values_saved_with_them() -> None:
    file = xlsx_file(["=A2", "x"])
    cached = changed(file, sheet1=lambda text: re.sub(r"<v\s*/>|<v></v>", "<v>7</v>", text))
    assert read(cached) == [(1, ["7", "x"])]


def test_empty_rows_are_skipped_and_counted() -> None:
    assert read(xlsx_file([], ["a"], [None, "  "], [], ["b"])) == [(2, ["a"]), (5, ["b"])]


def test_wrong_dimensions_hide_nothing() -> None:
    file = changed(xlsx_file(["a", "b"], ["c", "d"]), sheet1=lambda text: re.sub(r'ref="A1:B2"', 'ref="A1"', text))
    assert read(file) == [(1, ["a", "b"]), (2, ["c", "d"])]


def test_a_date_out_of_range_is_an_error_value() -> None:
    file = xlsx_file([99999999], number_formats={"A1": "yyyy-mm-dd"})
    assert read(file) == [(1, [Problem.SPREADSHEET_ERROR])]


@pytest.mark.parametrize("row", ["99999999999", "1048577"])
def test_rows_that_no_sheet_has_do_not_keep_it_busy(row: str) -> None:
    file = changed(xlsx_file(["a"], ["b"]), sheet1=lambda text: text.replace('r="2"', f'r="{row}"'))
    assert read(file) == [(1, ["a"])]


def test_rows_and_columns_far_away_take_no_memory() -> None:
    file = changed(
        xlsx_file(["a"], ["b"]), sheet1=lambda text: text.replace('"A2"', '"CV200000"').replace('r="2"', 'r="200000"')
    )
    assert len(file.getvalue()) < 10_000
    tracemalloc.start()
    rows = read(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == [(1, ["a"]), (200_000, [""] * 99 + ["b"])]
    assert most < 5_000_000


def test_more_columns_than_a_register_has_are_refused() -> None:
    file = changed(xlsx_file(["a", "b"]), sheet1=lambda text: text.replace('r="B1"', 'r="IW1"'))
    assert problem_of(file) is FileProblem.MANY_COLUMNS


@pytest.mark.parametrize(
    "content",
    [
        "<row>" + "<c/>" * 1_000_000,
        "<c>" * 1_000_000,
        '<row><c t="inlineStr"><is><t>' + "abcdefgh" * 1_000_000,
        "<row><c t='inlineStr'><is>" + "<r><t>a</t></r>" * 100_000,
        f'<row {"x" * 2_000_000}="">',
    ],
    ids=["cells", "depth", "text", "runs", "attribute"],
)
def test_a_sheet_is_bounded_in_every_direction(content: str) -> None:
    # Stored uncompressed, so that the compression ratio is not what gives it away.
    file = changed(
        xlsx_file(["a"]),
        sheet1=lambda text: text.replace("<sheetData>", f"<sheetData>{content}"),
        pack=zipfile.ZIP_STORED,
    )
    tracemalloc.start()
    assert problem_of(file) is FileProblem.HUGE_WORKBOOK
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 150_000_000


def test_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 1000)
    file = changed(xlsx_file(["a"]), sheet1=lambda text: text.replace("<sheetData>", "<sheetData>" + "<row/>" * 1001))
    assert problem_of(file) is FileProblem.HUGE_WORKBOOK


def test_columns_that_no_sheet_has_are_damage() -> None:
    file = changed(xlsx_file(["a", "b"]), sheet1=lambda text: text.replace('r="B1"', 'r="ZZZZZZZ1"'))
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    assert caught.value.problem is FileProblem.DAMAGED_WORKBOOK


@pytest.mark.parametrize("part", ["sheet1", "styles"])
def test_a_bomb_is_not_unpacked(part: str) -> None:
    def bomb(text: str) -> str:
        return text + " " * 30_000_000

    file = changed(xlsx_file(["a"]), sheet1=bomb) if part == "sheet1" else changed(xlsx_file(["a"]), styles=bomb)
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    assert caught.value.problem is FileProblem.HUGE_WORKBOOK


def test_entities_do_not_multiply() -> None:
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


def test_shared_texts_as_excel_keeps_them() -> None:
    assert read(packed(AS_EXCEL_WRITES)) == [(3, ["", "Łukasik", "", "Żak"])]


def test_a_workbook_is_found_by_its_type_and_not_by_its_name() -> None:
    renamed = {
        name.replace("xl/workbook.xml", "xl/workbook2.xml").replace(
            "workbook.xml.rels", "workbook2.xml.rels"
        ): text.replace("xl/workbook.xml", "xl/workbook2.xml")
        for name, text in AS_EXCEL_WRITES.items()
    }
    assert "xl/_rels/workbook2.xml.rels" in renamed
    assert read(packed(renamed)) == [(3, ["", "Łukasik", "", "Żak"])]


def test_strict_open_xml_is_read() -> None:
    strict = {
        name: text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, text in AS_EXCEL_WRITES.items()
    }
    strict["xl/worksheets/sheet1.xml"] = strict["xl/worksheets/sheet1.xml"].replace(
        '<c r="D3" t="s"><v>0</v></c>', '<c r="D3" t="d"><v>2019-03-01</v></c>'
    )
    assert "purl.oclc.org" in strict["xl/worksheets/sheet1.xml"]
    assert read(packed(strict)) == [(3, ["", "Łukasik", "", datetime.date(2019, 3, 1)])]


def test_a_formula_that_nobody_computed_is_no_empty_cell() -> None:
    assert read(xlsx_file(["=A2", "x"])) == [(1, [Problem.FORMULA, "x"])]
    empty = changed(xlsx_file(["=A2", "x"]), sheet1=lambda text: text.replace('<c r="A1">', '<c r="A1" t="str">'))
    assert read(empty) == [(1, ["", "x"])]


def test_errors_are_told_by_their_type() -> None:
    file = changed(xlsx_file(["#N/A", "x"]), sheet1=lambda text: re.sub("#N/A", "whatever", text))
    assert 't="e"' in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert read(file) == [(1, [Problem.SPREADSHEET_ERROR, "x"])]


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (123, "00000", "00123"),
        (123.0, "00000", "00123"),
        (2070803628, "00000000000", "02070803628"),
        (1234567, "00000", "1234567"),
        (7, '"MBI/"000', "MBI/007"),
        (101234, r"0\-00000", "1-01234"),
        (44051401359, "000000 00000", "440514 01359"),
        (7, r"[$-415]000;[Red]\-000", "007"),
        (61655, "00-000", "61-655"),
        (7, "###-000", "-007"),
        (5, "General", "5"),
        (5, "0", "5"),
        (5, "@", "5"),
        (5, "0.00", "5"),
        (5, '#,##0 "zł"', "5"),
        (-5, "00000", "-5"),
        (1.5, "00000", "1.5"),
    ],
)
def test_numbers_are_read_as_they_are_shown(number: float, number_format: str, shown: str) -> None:
    assert read(xlsx_file([number], number_formats={"A1": number_format})) == [(1, [shown])]


def test_numbers_longer_than_spreadsheets_keep_are_damage() -> None:
    assert read(xlsx_file([999_999_999_999_999, 1_000_000_000_000_000])) == [(1, ["999999999999999", Problem.ROUNDED])]


def sheets(**contents: SheetRows) -> io.BytesIO:
    """Return a workbook of sheets, rows by name. "hidden…" and "very…" name sheets that are hidden and very hidden."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in contents.items():
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = {"hidden": "hidden", "very": "veryHidden"}.get(name.partition("_")[0], "visible")
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


REGISTER = [COLUMNS, sheet_row(ANNA)]
OTHER = [COLUMNS, sheet_row(JAN)]


@pytest.mark.parametrize(
    ("contents", "read_sheet"),
    [
        ({"A": REGISTER, "B": [["note"]]}, "A"),
        ({"hidden_A": OTHER, "B": REGISTER}, "B"),
        ({"very_A": OTHER, "B": REGISTER, "hidden_C": OTHER}, "B"),
        ({"A": [], "B": REGISTER}, "B"),
        ({"A": [["Ewidencja egzaminatorów"], ["stan na 22.11.2026"]], "B": REGISTER}, "B"),
        ({"A": [["zakres", "nazwa"], ["MBI", "x"]], "B": REGISTER}, "B"),
        ({"A": [COLUMNS], "B": REGISTER}, "B"),
        ({"A": [COLUMNS], "B": [COLUMNS]}, "A"),
    ],
)
def test_the_visible_sheet_with_the_columns_is_read(contents: dict[str, SheetRows], read_sheet: str) -> None:
    table = read_xlsx(sheets(**contents))
    assert table.sheet == read_sheet
    assert list(table.other_sheets) == [name for name in contents if name != read_sheet]
    assert [list(cells) for _, cells in table.rows] == [list(row) for row in contents[read_sheet]]


@pytest.mark.parametrize(
    ("contents", "problem", "named"),
    [
        ({"A": REGISTER, "B": OTHER, "C": []}, FileProblem.SEVERAL_SHEETS, ["A", "B"]),
        ({"A": [["note"]], "hidden_B": REGISTER, "very_C": OTHER}, FileProblem.HIDDEN_SHEET, ["hidden_B", "very_C"]),
        ({"A": [], "B": [["", None]]}, FileProblem.EMPTY_SHEETS, ["A", "B"]),
    ],
)
def test_sheets_that_leave_it_open_which_to_read_are_named(
    contents: dict[str, SheetRows], problem: FileProblem, named: list[str]
) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_xlsx(sheets(**contents))
    assert (caught.value.problem, list(caught.value.sheets)) == (problem, named)
