import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from openpyxl import load_workbook

from egzaminator.core.xlsx_files import xlsx_pieces

HEADING = ["pesel", "nazwisko"]


def workbook(*batches: Iterable[Iterable[str]]) -> io.BytesIO:
    return io.BytesIO(b"".join(xlsx_pieces(title="Ewidencja", heading=HEADING, batches=batches)))


def rows_of(file: io.BytesIO) -> list[tuple[object, ...]]:
    (sheet,) = load_workbook(file).worksheets
    return list(sheet.iter_rows(values_only=True))


def test_it_reads_back_as_it_was_written() -> None:
    file = workbook([["02070803628", "Łukasik"], ["", "<b>&amp;\" O'Hara"]], [["  x ", "dwa\nwiersze"]])
    assert rows_of(file) == [
        ("pesel", "nazwisko"),
        ("02070803628", "Łukasik"),
        (None, "<b>&amp;\" O'Hara"),
        ("  x ", "dwa\nwiersze"),
    ]
    assert load_workbook(file).sheetnames == ["Ewidencja"]


def test_a_workbook_without_rows_has_the_heading() -> None:
    assert rows_of(workbook()) == [("pesel", "nazwisko")]


def test_every_cell_is_text_also_after_somebody_types_into_it() -> None:
    (sheet,) = load_workbook(workbook([["02070803628", "00123"]])).worksheets
    assert [(cell.data_type, cell.number_format) for cell in sheet[2]] == [("s", "@"), ("s", "@")]


@pytest.mark.parametrize("cell", ["=1+1", "-1", "+1", "@A1", "＝1", "'=1"])
def test_no_cell_is_a_formula_even_when_it_is_saved_in_another_format(cell: str) -> None:
    file = workbook([[cell, ""]])
    assert rows_of(file)[1] == (f"'{cell}", None)
    with zipfile.ZipFile(file) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_characters_that_xml_forbids_are_left_out() -> None:
    assert rows_of(workbook([["a\x00b\x1fc", "x"]]))[1] == ("abc", "x")


def test_nothing_goes_through_the_disk_but_the_heading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a killed process left there would be everybody's PESELs, in clear."""

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError("a temporary file")

    def batches() -> Iterator[list[list[str]]]:
        for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
            monkeypatch.setattr(tempfile, name, refuse)
        yield [["02070803628", "Łukasik"]] * 2000

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces = b"".join(xlsx_pieces(title="Ewidencja", heading=HEADING, batches=batches()))
    assert len(rows_of(io.BytesIO(pieces))) == 2001
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(count: int) -> int:
        batches = ([[str(number), f"Nazwisko {number}"] for number in range(500)] for _ in range(count))
        tracemalloc.start()
        for _ in xlsx_pieces(title="Ewidencja", heading=HEADING, batches=batches):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(40) < 1.5 * peak(4)
