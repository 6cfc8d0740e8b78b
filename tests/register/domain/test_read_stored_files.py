"""Register files that are read from the database."""

import uuid

import pytest

from egzaminator.core.encryption import UndecryptableError
from egzaminator.register.domain.read_files import read_rows
from egzaminator.stored_files.domain.files import complete_file, delete_files_of, write_file
from egzaminator.stored_files.domain.seekable import open_stored_file
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import PIECE_BYTES, Piece, StoredFile
from tests.key_rotation.tampering import spoil
from tests.register.domain.test_read_xlsx_sheets import sheets
from tests.register.files import ANNA, COLUMNS, csv_file, sheet_row

pytestmark = pytest.mark.django_db
OWNER = uuid.UUID(int=1)


def stored(content: bytes) -> StoredFile:
    file = write_file(owner=OWNER, purpose="test", name="plik", content=[content])
    complete_file(file=file)
    return file


def workbook() -> StoredFile:
    return stored(sheets(A=[COLUMNS, *[sheet_row(ANNA)] * 3]).getvalue())


def test_a_workbook_and_a_text_file_are_read() -> None:
    rows = [list(cells) for _line, cells in read_rows(open_stored_file(workbook())).rows]
    assert rows[0] == COLUMNS
    assert rows[1:] == [rows[1]] * 3
    text = csv_file(ANNA).read()
    assert len(list(read_rows(open_stored_file(stored(text))).rows)) == 2


def test_damage_in_the_database_is_not_called_damage_of_the_workbook() -> None:
    file = workbook()
    spoil(Piece.objects.get(), "content")
    with pytest.raises(UndecryptableError):
        read_rows(open_stored_file(file))


def test_a_file_that_is_deleted_meanwhile_is_not_called_damaged() -> None:
    large = b"x" * PIECE_BYTES
    file = stored(b"PK" + large)
    opened = open_stored_file(file)
    opened.read(2)
    opened.seek(0)
    delete_files_of(owner=OWNER)
    with pytest.raises(FileGoneError):
        read_rows(opened)
