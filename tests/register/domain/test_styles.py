import datetime
import io
import sys
import tracemalloc
import zipfile
from functools import partial
from types import FrameType

import pytest
from openpyxl.styles.numbers import is_date_format

from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import changed, xlsx_file

pytestmark = pytest.mark.slow

MOST_STYLES = 65_490
LONG_CODE = "[" * 255


def read(file: io.BytesIO) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_xlsx(file).rows]


def problem_of(file: io.BytesIO) -> FileProblem:
    with pytest.raises(UnreadableFileError) as caught:
        read(file)
    return caught.value.problem


def styled(before: str, content: str) -> io.BytesIO:
    """Return a workbook with `content` added to its styles, uncompressed, so that its ratio looks harmless."""
    file = xlsx_file([45983], number_formats={"A1": "yyyy-mm-dd"})
    assert before in zipfile.ZipFile(file).read("xl/styles.xml").decode()
    return changed(file, styles=partial(put_before, before, content), pack=zipfile.ZIP_STORED)


def cell_styles(count: int) -> io.BytesIO:
    """Return a workbook with so many cell styles."""
    have = 2
    return styled("</cellXfs>", '<xf numFmtId="200"/>' * (count - have))


@pytest.mark.parametrize(
    ("before", "content"),
    [
        ("</fonts>", '<font><name val="Calibri Light"/></font>' * 45_000),
        ("</cellStyleXfs>", "<xf><alignment/></xf>" * 85_000),
        ("</cellStyles>", "".join(f'<cellStyle name="{n}" xfId="0"/>' for n in range(50_000))),
        ("</cellXfs>", '<xf><alignment horizontal="left"/></xf>' * 45_000),
        ("</numFmts>", "".join(f'<numFmt numFmtId="{n}" formatCode="{LONG_CODE}"/>' for n in range(200, 6200))),
        ("</styleSheet>", "<x>          </x>" * 110_000),
    ],
    ids=["fonts", "styles of styles", "named styles", "styles of cells", "formats", "others"],
)
def test_styles_are_read_in_a_stream(before: str, content: str) -> None:
    file = styled(before, content)
    assert len(file.getvalue()) > 1_700_000
    tracemalloc.start()
    rows = read(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == [(1, [datetime.date(2025, 11, 22)])]
    assert most < 6_000_000


def test_a_format_is_looked_at_once_however_many_styles_have_it() -> None:
    def looks(file: io.BytesIO) -> int:
        count = 0

        def counts(frame: FrameType, event: str, _function: object) -> None:
            nonlocal count
            count += event == "call" and frame.f_code is is_date_format.__code__

        before = sys.getprofile()
        sys.setprofile(counts)
        try:
            read(file)
        finally:
            sys.setprofile(before)
        return count

    assert looks(cell_styles(10)) == looks(cell_styles(10_010)) == 3  # two in the file, and the one it lacks


def test_as_many_styles_of_cells_as_excel_holds_are_read() -> None:
    assert read(cell_styles(MOST_STYLES)) == [(1, [datetime.date(2025, 11, 22)])]
    assert problem_of(cell_styles(MOST_STYLES + 1)) is FileProblem.MANY_STYLES


def test_styles_are_bounded() -> None:
    assert problem_of(styled("</styleSheet>", "<x/>" * 2_100_000)) is FileProblem.MANY_STYLES


def test_a_format_longer_than_excel_takes_is_damage() -> None:
    def has_format(code: str) -> io.BytesIO:
        return styled("</numFmts>", f'<numFmt numFmtId="200" formatCode="{code}"/>')

    assert read(has_format("0" * 255)) == [(1, [datetime.date(2025, 11, 22)])]
    assert problem_of(has_format("0" * 256)) is FileProblem.DAMAGED_WORKBOOK


@pytest.mark.parametrize("content", ["<x>" * 100_000, "<numFmts><numFmt/></numFmts>", '<cellXfs><xf numFmtId="?"/>'])
def test_styles_that_say_nothing_are_damage(content: str) -> None:
    assert problem_of(styled("</styleSheet>", content)) is FileProblem.DAMAGED_WORKBOOK


def put_before(before: str, content: str, text: str) -> str:
    return text.replace(before, content + before, 1)


def test_only_formats_of_cells_count() -> None:
    general = xlsx_file([45983])
    others = {
        "<cellXfs": '<cellStyleXfs><xf numFmtId="14"/><xf numFmtId="14"/></cellStyleXfs>',
        "</styleSheet>": '<dxfs><dxf><numFmt numFmtId="0" formatCode="yyyy"/></dxf></dxfs>',
    }
    for before, content in others.items():
        general = changed(general, styles=partial(put_before, before, content))
    assert read(general) == [(1, ["45983"])]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("dd.mm.yyyy", datetime.date(2025, 11, 22)),
        ("[$-415]d mmmm yyyy", datetime.date(2025, 11, 22)),
        ("mm-dd-yy", datetime.date(2025, 11, 22)),
        ("[hh]:mm", datetime.timedelta(days=45983)),
        ('0" dni"', "45983 dni"),
        (r"0\d", "45983d"),
        ("000000", "045983"),
        ("General", "45983"),
    ],
)
def test_formats_tell_dates_and_durations_from_numbers(number_format: str, shown: Cell) -> None:
    assert read(xlsx_file([45983], number_formats={"A1": number_format})) == [(1, [shown])]
