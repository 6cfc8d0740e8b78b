import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.register.domain.read_files import read_rows
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import ANNA, csv_file, xlsx_file

HEADER = b"pesel;imiona;nazwisko;numer_ewidencyjny;zakres;nr_decyzji;data_decyzji\n"
WORKBOOK = xlsx_file(list(ANNA), list(ANNA.values())).getvalue()


def read(content: bytes) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_rows(io.BytesIO(content)).rows]


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
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), FileProblem.LOCKED_WORKBOOK),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), FileProblem.DOCUMENT),
        (b"\x09\x08\x10\x00\x00\x06", FileProblem.OLD_WORKBOOK),
        (b"{\\rtf1\\ansi", FileProblem.DOCUMENT),
        (b"\x1f\x8b\x08", FileProblem.PACKED),
        (b"<html><table><tr><td>pesel</td>", FileProblem.WEB_PAGE),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<p>", FileProblem.WEB_PAGE),
        (b"<TABLE border=1>", FileProblem.WEB_PAGE),
        (b"MIME-Version: 1.0\r\n", FileProblem.WEB_PAGE),
        (
            b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            FileProblem.XML_WORKBOOK,
        ),
        (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">',
            FileProblem.OPEN_DOCUMENT,
        ),
        (HEADER.replace(b";", b":"), FileProblem.SEPARATOR),
        (HEADER.replace(b";", b" "), FileProblem.SEPARATOR),
        (HEADER + b"x" + b";" * 256, FileProblem.MANY_COLUMNS),
        (b"PK\x03\x04 and no more", FileProblem.DAMAGED_WORKBOOK),
        (b"PK", FileProblem.DAMAGED_WORKBOOK),
        (WORKBOOK[:-40], FileProblem.DAMAGED_WORKBOOK),
    ],
)
def test_what_is_no_register_file_is_named(content: bytes, problem: FileProblem) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(content)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("word/document.xml", FileProblem.DOCUMENT),
        ("ppt/presentation.xml", FileProblem.DOCUMENT),
        ("xl/workbook.bin", FileProblem.BINARY_WORKBOOK),
        ("mimetype", FileProblem.OPEN_DOCUMENT),
        ("Index/Document.iwa", FileProblem.NUMBERS),
        ("ewidencja.xlsx", FileProblem.PACKED),
        ("2026/Ewidencja.CSV", FileProblem.PACKED),
        ("photo.jpg", FileProblem.NOT_A_WORKBOOK),
    ],
)
def test_another_archive_is_named(part: str, problem: FileProblem) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "<w/>")
    with pytest.raises(UnreadableFileError) as caught:
        read(file.getvalue())
    assert caught.value.problem is problem


def test_both_formats_give_the_same_rows() -> None:
    assert read(WORKBOOK) == read(csv_file(ANNA).getvalue()) == [(1, list(ANNA)), (2, list(ANNA.values()))]


@given(content=st.binary(max_size=300))
@example(b'"')
@example(b'a"b\n"c"d\n')
@example(b"\r")
@example(b"PK\x05\x06" + bytes(18))
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    for file in (content, HEADER + content, b"PK\x03\x04" + content):
        try:
            read(file)
        except UnreadableFileError:
            continue


@given(place=st.integers(0, len(WORKBOOK) - 1), patch=st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_raises_anything_else(place: int, patch: bytes) -> None:
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
def test_no_part_of_a_workbook_raises_anything_else(part: str, text: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as good, zipfile.ZipFile(file, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, text.encode("utf-8", "surrogatepass") if name == part else good.read(name))
    try:
        read(file.getvalue())
    except UnreadableFileError:
        return


def test_the_file_stays_open() -> None:
    for file in (csv_file(ANNA), io.BytesIO(WORKBOOK)):
        rows = read_rows(file).rows
        next(rows)
        rows.close()
        assert not file.closed
        assert len(read(file.getvalue())) == 2
