import io
import re
import tracemalloc

import pytest

from egzaminator.register.domain import workbook
from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import AS_EXCEL_WRITES, packed

pytestmark = pytest.mark.slow

TEXTS = "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [(3, ["", "Łukasik", "", "Żak"])]


def read(file: io.BytesIO) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_xlsx(file).rows]


def problem_of(file: io.BytesIO) -> FileProblem:
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    return caught.value.problem


def test_bytes_of_shared_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(AS_EXCEL_WRITES[TEXTS].encode())
    monkeypatch.setattr(workbook, "_MOST_SHARED_BYTES", size)
    assert read(packed(AS_EXCEL_WRITES)) == ROWS
    monkeypatch.setattr(workbook, "_MOST_SHARED_BYTES", size - 1)
    assert problem_of(packed(AS_EXCEL_WRITES)) is FileProblem.HUGE_WORKBOOK


def test_shared_texts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_SHARED_TEXTS", 2)
    assert read(packed(AS_EXCEL_WRITES)) == ROWS
    monkeypatch.setattr(workbook, "_MOST_SHARED_TEXTS", 1)
    assert problem_of(packed(AS_EXCEL_WRITES)) is FileProblem.HUGE_WORKBOOK


@pytest.mark.parametrize(
    "content",
    ["<si><t>" + "abcdefgh" * 1_000_000, "<si>" + "<r><t>a</t></r>" * 100_000, "<si>" * 200_000, "<x/>" * 200_000],
    ids=["text", "runs", "depth", "others"],
)
def test_a_shared_text_is_bounded_in_every_direction(content: str) -> None:
    parts = AS_EXCEL_WRITES | {TEXTS: re.sub("<si>", content + "<si>", AS_EXCEL_WRITES[TEXTS], count=1)}
    file = packed(parts)
    tracemalloc.start()
    assert problem_of(file) is FileProblem.HUGE_WORKBOOK
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000


class CountedFile(io.BytesIO):
    """A file that counts how often it is read from."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


def test_a_part_that_many_sheets_claim_is_read_once() -> None:
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 1002))
    parts = {"xl/workbook.xml": AS_EXCEL_WRITES["xl/workbook.xml"].replace("</sheets>", sheets + "</sheets>")}
    file = CountedFile(packed(AS_EXCEL_WRITES | parts).getvalue())
    assert read(file) == ROWS
    assert 0 < file.reads < 1000


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("A_x0041_", "AA"),
        ("_x005F_x0041_", "_x0041_"),
        ("x005F_", "x005F_"),
        ("a_xyzwv_", "a_xyzwv_"),
        ("Żak_x000D_", "Żak\r"),
    ],
)
@pytest.mark.parametrize("kind", ["s", "inlineStr", "str"])
def test_escaped_characters_are_read(stored: str, text: str, kind: str) -> None:
    value = {"s": "<v>0</v>", "inlineStr": f"<is><t>{stored}</t></is>", "str": f"<v>{stored}</v>"}[kind]
    row = f'<row r="1"><c r="A1" t="{kind}">{value}</c></row>'
    parts = {
        TEXTS: re.sub("<si>.*</si>", f"<si><t>{stored}</t></si>", AS_EXCEL_WRITES[TEXTS], flags=re.DOTALL),
        SHEET: re.sub("<row.*</row>", row, AS_EXCEL_WRITES[SHEET], flags=re.DOTALL),
    }
    assert read(packed(AS_EXCEL_WRITES | parts)) == [(1, [text])]
