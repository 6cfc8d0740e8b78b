"""Which sheet of a workbook is read."""

import io
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import ANNA, AS_EXCEL_WRITES, COLUMNS, JAN, XlsxValue, packed, sheet_row
from tests.register.workbooks import read

SheetRows = Sequence[Sequence[XlsxValue]]


def test_a_workbook_is_found_by_its_type_and_not_by_its_name() -> None:
    renamed = {
        name.replace("xl/workbook.xml", "xl/workbook2.xml").replace(
            "workbook.xml.rels", "workbook2.xml.rels"
        ): text.replace("xl/workbook.xml", "xl/workbook2.xml")
        for name, text in AS_EXCEL_WRITES.items()
    }
    assert "xl/_rels/workbook2.xml.rels" in renamed
    assert read(packed(renamed)) == [(3, ["", "Łukasik", "", "Żak"])]


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
