"""Register files for tests, as boards' programs write them."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
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
