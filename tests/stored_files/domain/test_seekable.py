import io
import os
import random
import tracemalloc
import zipfile
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.core.encryption import UndecryptableError
from egzaminator.stored_files.domain.files import delete_files_of
from egzaminator.stored_files.domain.seekable import open_stored_file
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import PIECE_BYTES
from tests.key_rotation.tampering import spoil, swap
from tests.stored_files.domain.test_files import OWNER, pieces_of, some_bytes, stored

pytestmark = pytest.mark.django_db
SIZES: Final = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]


@pytest.mark.parametrize("size", SIZES)
def test_it_reads_as_the_same_bytes_in_memory_do(size: int) -> None:
    """Whatever is read next, from wherever: sizes of zero, across pieces, beyond the end."""
    content = some_bytes(size)
    mine, memory = open_stored_file(stored([content])), io.BytesIO(content)
    assert mine.read() == content
    choose = random.Random(size)  # noqa: S311 -- the same places in each run
    for _ in range(200):
        place = choose.randrange(0, size + PIECE_BYTES)
        assert mine.seek(place) == memory.seek(place) == mine.tell()
        count = choose.choice([-1, 0, 1, 100, PIECE_BYTES, 2 * PIECE_BYTES])
        assert mine.read(count) == memory.read(count)
        back = choose.randrange(0, size + 1)
        assert mine.seek(-back, os.SEEK_END) == memory.seek(-back, os.SEEK_END)
        assert mine.read(17) == memory.read(17)
        assert mine.seek(-min(3, mine.tell()), os.SEEK_CUR) == memory.seek(-min(3, memory.tell()), os.SEEK_CUR)
        assert mine.readline(50) == memory.readline(50)


def test_nothing_lies_before_the_beginning() -> None:
    file = open_stored_file(stored([b"abc"]))
    with pytest.raises(OSError, match="before the beginning"):
        file.seek(-4, os.SEEK_END)
    assert file.read() == b"abc"


def test_text_is_read_line_by_line() -> None:
    lines = [f"{number};Święcicki;Łódź\n" for number in range(20_000)]
    file = stored(["".join(lines).encode()])
    assert list(io.TextIOWrapper(open_stored_file(file), encoding="utf-8")) == lines


def test_a_zip_archive_is_read_by_members() -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.bin", some_bytes(2 * PIECE_BYTES + number))
    with zipfile.ZipFile(open_stored_file(stored([memory.getvalue()]))) as archive:
        assert [len(archive.read(name)) for name in archive.namelist()] == [2 * PIECE_BYTES + n for n in range(4)]
        assert archive.testzip() is None


def test_pieces_are_decrypted_when_they_are_needed_and_kept_a_while() -> None:
    file = stored([some_bytes(20 * PIECE_BYTES)])

    def queries(place: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            opened.seek(place)
            opened.read(10)
        return len(captured)

    with CaptureQueriesContext(connection) as captured:
        opened = open_stored_file(file)
    assert len(captured) == 0
    assert queries(19 * PIECE_BYTES) == 1
    assert queries(0) == 1
    assert queries(19 * PIECE_BYTES) == 0
    for number in range(1, 12):
        queries(number * PIECE_BYTES)
    assert queries(0) == 1


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(pieces: int) -> int:
        file = stored(bytes(PIECE_BYTES) for _ in range(pieces))
        opened = open_stored_file(file)
        tracemalloc.start()
        while opened.read(1000):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(100) < 14 * PIECE_BYTES


def test_what_was_changed_is_an_error_and_the_rest_is_read() -> None:
    file = stored([some_bytes(3 * PIECE_BYTES)])
    spoil(pieces_of(file)[1], "content")
    opened = open_stored_file(file)
    assert opened.read(PIECE_BYTES) == some_bytes(PIECE_BYTES)
    with pytest.raises(UndecryptableError, match=r"^stored-files\.piece:"):
        opened.read(1)
    opened.seek(2 * PIECE_BYTES)
    assert opened.read() == some_bytes(3 * PIECE_BYTES)[2 * PIECE_BYTES :]


def test_pieces_that_changed_places_and_missing_ones_are_an_error() -> None:
    file = stored([some_bytes(3 * PIECE_BYTES)])
    one, other, last = pieces_of(file)
    swap(one, other, "content")
    with pytest.raises(UndecryptableError):
        open_stored_file(file).read(1)
    last.delete()
    opened = open_stored_file(file)
    opened.seek(-1, os.SEEK_END)
    with pytest.raises(UndecryptableError):
        opened.read(1)


def test_a_file_deleted_while_it_is_read_is_told_apart_from_a_damaged_one() -> None:
    opened = open_stored_file(stored([some_bytes(3 * PIECE_BYTES)]))
    opened.read(1)
    delete_files_of(owner=OWNER)
    opened.seek(-1, os.SEEK_END)
    with pytest.raises(FileGoneError):
        opened.read(1)
