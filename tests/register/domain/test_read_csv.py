import io

import pytest

from egzaminator.register.domain.read_files import read_csv
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem
from tests.register.files import ANNA, COLUMNS, csv_file


def read(content: bytes) -> list[tuple[int, list[Cell]]]:
    return [(line, list(cells)) for line, cells in read_csv(io.BytesIO(content))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_encoding_and_separator(encoding: str, separator: str) -> None:
    row = ANNA | {"nazwisko": "Żółć", "imiona": "Święcisława; Źdźbło, Łąka\tŃ"}
    content = csv_file(row, separator=separator, encoding=encoding).getvalue()
    assert read(content) == [(1, COLUMNS), (2, list(row.values()))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_and_empty_rows(end: str) -> None:
    lines = ["", "pesel;imiona", ";", '"a";b', "", "   ", "c;d", ";;"]
    assert read(end.join(lines).encode()) == [(2, ["pesel", "imiona"]), (4, ["a", "b"]), (7, ["c", "d"])]


@pytest.mark.parametrize("note", ["sep=;", "SEP=;", "\ufeffsep=;", '"sep=;"', '"sep=;";;;'])
def test_the_note_of_the_separator_is_no_row(note: str) -> None:
    assert read(f"{note}\r\npesel;a,b,c\r\n1;2".encode()) == [(2, ["pesel", "a,b,c"]), (3, ["1", "2"])]


def test_any_separator_that_is_noted_is_taken() -> None:
    assert read(b"sep=^\npesel^imiona\n1^2") == [(2, ["pesel", "imiona"]), (3, ["1", "2"])]


def test_quoted_cells_hold_separators_quotes_and_line_ends() -> None:
    content = b'pesel;imiona\n"a;b";"say ""c"""\n"two\nlines";d\ne;f\n'
    assert read(content) == [
        (1, ["pesel", "imiona"]),
        (2, ["a;b", 'say "c"']),
        (3, ["two\nlines", "d"]),
        (5, ["e", "f"]),
    ]


def test_the_separator_is_the_one_that_names_the_most_columns() -> None:
    assert read(b'"pesel","a;b;c;d",imiona\n1,2,3')[1] == (2, ["1", "2", "3"])
    assert read(b"pesel;imiona,x,y,z\n1;2")[1] == (2, ["1", "2"])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'pesel;imiona\n1;2\n3;"4\n5;6\n', 3),
        (b'pesel;imiona\n"1" x;2\n', 2),
        (b'\n\n"pesel;imiona\n1;2\n', 3),
        (b'pesel;imiona\n1;"' + (b"x" * 1000 + b"\n") * 1000, 2),
    ],
)
def test_quotation_marks_that_do_not_pair_up(content: bytes, line: int) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(content)
    assert (caught.value.problem, caught.value.line) == (FileProblem.QUOTES, line)
