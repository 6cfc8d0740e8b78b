"""What the cells of a sheet are read as."""

import datetime
import re
import zipfile

import pytest

from egzaminator.register.problems import Problem
from tests.register.files import AS_EXCEL_WRITES, MAIN, OFFICE, XlsxValue, changed, packed, xlsx_file
from tests.register.workbooks import read


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


def test_shared_texts_as_excel_keeps_them() -> None:
    assert read(packed(AS_EXCEL_WRITES)) == [(3, ["", "Łukasik", "", "Żak"])]


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
