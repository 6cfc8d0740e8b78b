"""The reading of register files in any format: which format it is, and rows of CSV."""

import csv
import io
import itertools
import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, Final

from egzaminator.register.domain.encodings import detect_encoding
from egzaminator.register.domain.match_columns import count_known_columns, holds_known_columns
from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import MOST_COLUMNS, Row, Table
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


_ZIP: Final = b"PK"
_HEAD_BYTES: Final = 4096
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Entries in the directory of a compound file (OLE2) that tell what the file is.
_IN_COMPOUND: Final = {
    "EncryptedPackage": FileProblem.LOCKED_WORKBOOK,
    "WordDocument": FileProblem.DOCUMENT,
}
_COMPOUND_BYTES: Final = 16 * 1024 * 1024
# The first bytes of other formats that people send as a register.
_NOT_OURS: Final = {
    b"%PDF": FileProblem.PDF,
    b"\xff\xfe": FileProblem.UTF_16,
    b"\xfe\xff": FileProblem.UTF_16,
    b"\x1f\x8b": FileProblem.PACKED,
    b"7z\xbc\xaf": FileProblem.PACKED,
    b"Rar!": FileProblem.PACKED,
    b"{\\rtf": FileProblem.DOCUMENT,
    # Excel 2 to 4, and Excel 5 without the compound file: the "beginning of file" record.
    b"\x09\x00\x04\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x02\x06\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x04\x06\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x08\x08\x00": FileProblem.OLD_WORKBOOK,
    b"\x09\x08\x10\x00": FileProblem.OLD_WORKBOOK,
}
# The same for markup: a pattern to search for near the beginning of the text.
_MARKUP: Final = {
    re.compile(
        rb"urn:schemas-microsoft-com:office:spreadsheet.*<Workbook|<Workbook[^>]*office:spreadsheet", re.DOTALL
    ): (FileProblem.XML_WORKBOOK),
    re.compile(rb"urn:oasis:names:tc:opendocument"): FileProblem.OPEN_DOCUMENT,
    re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|style|table|tr|div|p)\b|<!--", re.IGNORECASE): (
        FileProblem.WEB_PAGE
    ),
}
_MIME: Final = re.compile(rb"mime-version:", re.IGNORECASE)


def read_rows(file: BinaryIO) -> Table:
    """Return a register file as a stream of rows of cells, whatever the file's format.

    Takes a binary file, seekable and at its beginning, and leaves it open. Raise `UnreadableFileError`, either here or
    while the rows are read.
    """
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head:
        raise UnreadableFileError(FileProblem.EMPTY)
    if head.startswith(_COMPOUND):
        raise UnreadableFileError(_what_is_compound(file))
    if problem := _what_else(head):
        raise UnreadableFileError(problem)
    return read_xlsx(file) if head.startswith(_ZIP) else Table(read_csv(file))


def _what_is_compound(file: BinaryIO) -> FileProblem:
    content = file.read(_COMPOUND_BYTES)
    for name, problem in _IN_COMPOUND.items():
        if name.encode("utf-16-le") in content:
            return problem
    return FileProblem.OLD_WORKBOOK


def _what_else(head: bytes) -> FileProblem | None:
    for beginning, problem in _NOT_OURS.items():
        if head.startswith(beginning):
            return problem
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MIME.match(text):
        return FileProblem.WEB_PAGE
    if text.startswith(b"<"):
        return next((problem for pattern, problem in _MARKUP.items() if pattern.search(text)), None)
    return None
