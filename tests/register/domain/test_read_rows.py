import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.register.domain.read_rows import read_rows
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import ANNA, csv_file, xlsx_file

HEADER = b"pesel;imiona;nazwisko;numer_ewidencyjny;zakres;nr_decyzji;data_decyzji\n"
WORKBOOK = xlsx_file(list(ANNA), list(ANNA.values())).getvalue()


def read(content):
    return [(line, list(cells)) for line, cells in read_rows(io.BytesIO(content))]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", FileProblem.EMPTY),
        (b"\r\n \n;;;\n"[:4], FileProblem.EMPTY),
        (b"\xef\xbb\xbf", FileProblem.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), FileProblem.OLD_WORKBOOK),
        (b"%PDF-1.7\n", FileProblem.PDF),
        (HEADER.decode().encode("utf-16"), FileProblem.UTF_16),
        (b"\xfe\xff" + HEADER.decode().encode("utf-16-be"), FileProblem.UTF_16),
        (b"PK\x03\x04 and no more", FileProblem.DAMAGED_WORKBOOK),
        (b"PK", FileProblem.DAMAGED_WORKBOOK),
        (WORKBOOK[:-40], FileProblem.DAMAGED_WORKBOOK),
    ],
)
def test_what_is_no_register_file_is_named(content, problem):
    with pytest.raises(UnreadableFileError) as caught:
        read(content)
    assert caught.value.problem is problem


def test_another_archive_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(UnreadableFileError) as caught:
        read(file.getvalue())
    assert caught.value.problem is FileProblem.NOT_A_WORKBOOK


def test_both_formats_give_the_same_rows():
    assert read(WORKBOOK) == read(csv_file(ANNA).getvalue()) == [(1, list(ANNA)), (2, list(ANNA.values()))]


@given(content=st.binary(max_size=300))
@example(b'"')
@example(b'a"b\n"c"d\n')
@example(b"\r")
@example(b"PK\x05\x06" + bytes(18))
def test_no_bytes_raise_anything_else(content):
    for file in (content, HEADER + content, b"PK\x03\x04" + content):
        try:
            read(file)
        except UnreadableFileError:
            continue


@given(place=st.integers(0, len(WORKBOOK) - 1), patch=st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_raises_anything_else(place, patch):
    content = WORKBOOK[:place] + patch + WORKBOOK[place + len(patch) :]
    try:
        read(content)
    except UnreadableFileError:
        return


@given(
    part=st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]), text=st.text(max_size=200)
)
@example("xl/worksheets/sheet1.xml", "<worksheet/>")
@example("xl/workbook.xml", "<workbook/>")
def test_no_part_of_a_workbook_raises_anything_else(part, text):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as good, zipfile.ZipFile(file, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, text.encode("utf-8", "surrogatepass") if name == part else good.read(name))
    try:
        read(file.getvalue())
    except UnreadableFileError:
        return


def test_the_file_stays_open():
    for file in (csv_file(ANNA), io.BytesIO(WORKBOOK)):
        rows = read_rows(file)
        next(rows)
        rows.close()
        assert not file.closed
        assert len(read(file.getvalue())) == 2
