from collections.abc import Generator
from typing import BinaryIO, Final

from egzaminator.register.domain.read_csv import read_csv
from egzaminator.register.domain.read_xlsx import read_xlsx
from egzaminator.register.domain.rows import Row
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

_ZIP: Final = b"PK"
_HEAD_BYTES: Final = 8
# Files that people send for a register, by how they begin.
_NOT_OURS: Final = {
    b"\xd0\xcf\x11\xe0": FileProblem.OLD_WORKBOOK,
    b"%PDF": FileProblem.PDF,
    b"\xff\xfe": FileProblem.UTF_16,
    b"\xfe\xff": FileProblem.UTF_16,
}


def read_rows(file: BinaryIO) -> Generator[Row, None, None]:
    """Read a register file as rows of cells, one after the other, whatever its format.

    Takes a file opened for reading bytes, at its beginning and seekable; it stays open. Gives the rows that are not
    empty, the column names first, each with its line. Raises UnreadableFileError.
    """
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head:
        raise UnreadableFileError(FileProblem.EMPTY)
    for beginning, problem in _NOT_OURS.items():
        if head.startswith(beginning):
            raise UnreadableFileError(problem)
    yield from read_xlsx(file) if head.startswith(_ZIP) else read_csv(file)
