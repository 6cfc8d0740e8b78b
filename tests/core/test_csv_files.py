import csv
import io

import pytest

from egzaminator.core.csv_files import csv_lines, neutralise


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+48 61",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "\t=1",
        "\t1",
        "\r=1",
        "\r1",
        "\n=1",
        "\n1",
        "  =1",
        "\u00a0-1",
        "\u3000+1",
        "\ufeff@1",
        "\u200b=1",
        "'=1",
        "''-1",
        "' +1",
        " '@1",
        "＇＝1",
    ],
)
def test_what_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Rozmowa", "a=1", "2026-11-22 10:54", "1-2", " x", "'t Hooft", "O'Hara", "a\t=1"])
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert neutralise(cell) == cell


def test_a_file_has_one_mark_and_reads_back_as_it_was() -> None:
    pieces = list(csv_lines([[["Kto", "Powód"]], [["Łukasik; Anna", 'mówi "tak"\ndwa razy'], ["=A1", ""]]]))
    assert [piece.encode()[:3] == b"\xef\xbb\xbf" for piece in pieces] == [True, False]
    rows = list(csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff")), delimiter=";"))
    assert rows == [["Kto", "Powód"], ["Łukasik; Anna", 'mówi "tak"\ndwa razy'], ["'=A1", ""]]


def test_rows_are_read_only_when_their_piece_is() -> None:
    read: list[int] = []

    def batches() -> object:
        for number in range(3):
            read.append(number)
            yield [[str(number)]]

    pieces = csv_lines(batches())  # type: ignore[arg-type]  # a generator without the type of its items
    assert read == []
    assert next(pieces) == "\ufeff0\r\n"
    assert read == [0]
