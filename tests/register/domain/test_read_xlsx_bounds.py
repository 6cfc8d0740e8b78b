"""A workbook that is a trap takes neither memory nor time."""

import tracemalloc
import zipfile

import pytest

from egzaminator.register.domain import workbook
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import changed, xlsx_file
from tests.register.workbooks import problem_of, read

pytestmark = pytest.mark.slow


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
