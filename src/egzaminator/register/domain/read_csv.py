import csv
import io
import itertools
import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, Final

from egzaminator.register.domain.detect_encoding import detect_encoding
from egzaminator.register.domain.match_columns import count_known_columns, holds_known_columns
from egzaminator.register.domain.rows import MOST_COLUMNS, Row
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_SEPARATORS: Final = (";", ",", "\t", "|")
# The "sep=" line: an instruction to Excel, which hides it. Other programs write it in quotation marks, as a row with
# one cell.
_SEPARATOR_NOTE: Final = re.compile(r'"?sep=(?P<separator>[^"\s]|\t)"?[;,\t|]*\s*', re.IGNORECASE)


def read_csv(file: BinaryIO) -> Generator[Row, None, None]:
    """Yield the non-empty rows of a CSV file, the row of column names first.

    Takes a seekable binary file at its beginning and leaves it open. Raise `UnreadableFileError`.
    """
    encoding = detect_encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield from _read_rows(text)
    finally:
        text.detach()


def _read_rows(text: io.TextIOWrapper) -> Iterator[Row]:
    skipped = 0
    separator = None
    for first in text:
        if note := _SEPARATOR_NOTE.fullmatch(first):
            separator = separator or note["separator"]
        elif first.strip():
            break
        skipped += 1
    else:
        raise UnreadableFileError(FileProblem.EMPTY)
    separator = separator or _separator(first)
    if _count_columns(first, separator) <= 1 and holds_known_columns(first):
        raise UnreadableFileError(FileProblem.SEPARATOR, line=skipped + 1)
    reader = csv.reader(itertools.chain([first], text), delimiter=separator, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            if "".join(cells).strip():
                if len(cells) > MOST_COLUMNS:
                    raise UnreadableFileError(FileProblem.MANY_COLUMNS, line=line)
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error:
        raise UnreadableFileError(FileProblem.QUOTES, line=line) from None


def _separator(first_line: str) -> str:
    """Return the separator with which the first line names the most columns."""
    return max(_SEPARATORS, key=lambda separator: _count_columns(first_line, separator))


def _count_columns(first_line: str, separator: str) -> int:
    try:
        return count_known_columns(next(csv.reader([first_line], delimiter=separator)))
    except csv.Error:
        return 0
