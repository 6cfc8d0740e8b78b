import datetime
import tracemalloc
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import UndecryptableError
from egzaminator.stored_files.domain.files import (
    complete_file,
    delete_expired_files,
    delete_files_of,
    is_open_to,
    read_file,
    write_file,
)
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.stored_files.models import PIECE_BYTES, Piece, StoredFile, piece_id
from egzaminator.stored_files.tasks import delete_expired
from tests.key_rotation.tampering import spoil, swap

pytestmark = pytest.mark.django_db
OWNER = uuid.UUID(int=1)


def stored(content: Iterable[bytes], owner: uuid.UUID = OWNER) -> StoredFile:
    file = write_file(owner=owner, purpose="test", name="plik.csv", content=content)
    complete_file(file=file)
    return StoredFile.objects.get(pk=file.pk)


def some_bytes(count: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(count))


@pytest.mark.parametrize(
    ("size", "pieces"),
    [(0, 1), (1, 1), (PIECE_BYTES, 1), (PIECE_BYTES + 1, 2), (2 * PIECE_BYTES, 2), (2 * PIECE_BYTES + 1, 3)],
)
@pytest.mark.parametrize("chunk", [1000, PIECE_BYTES, 10 * PIECE_BYTES])
def test_a_file_reads_back_as_it_was_written(size: int, pieces: int, chunk: int) -> None:
    content = some_bytes(size)
    file = stored(content[start : start + chunk] for start in range(0, size, chunk))
    assert (file.size, file.pieces.count()) == (size, pieces)
    assert b"".join(read_file(file=file)) == content


def test_nothing_of_it_is_readable_in_the_database() -> None:
    stored([b"44051401359"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM stored_files_piece")
        (content,) = cursor.fetchone()
    assert b"44051401359" not in bytes(content)


def pieces_of(file: StoredFile) -> list[Piece]:
    last = (file.size - 1) // PIECE_BYTES
    keys = [piece_id(file_id=file.pk, position=at, is_last=at == last) for at in range(last + 1)]
    return [Piece.objects.get(pk=key) for key in keys]


def assert_unreadable(file: StoredFile, *, after: int) -> None:
    """Assert that so many pieces can be read and the next one cannot."""
    file.refresh_from_db()
    pieces = read_file(file=file)
    for _ in range(after):
        next(pieces)
    with pytest.raises(UndecryptableError, match=r"^stored-files\.piece:"):
        next(pieces)


def test_a_changed_piece_is_not_read() -> None:
    file = stored([some_bytes(3 * PIECE_BYTES)])
    spoil(pieces_of(file)[1], "content")
    assert_unreadable(file, after=1)


def test_two_pieces_that_changed_places_are_not_read() -> None:
    file = stored([some_bytes(3 * PIECE_BYTES)])
    one, other, _last = pieces_of(file)
    swap(one, other, "content")
    assert_unreadable(file, after=0)


def test_a_piece_of_another_file_is_not_read() -> None:
    file, other = stored([b"moje"]), stored([b"cudze"])
    swap(pieces_of(file)[0], pieces_of(other)[0], "content")
    assert_unreadable(file, after=0)


def test_a_row_given_to_another_file_is_not_read_there() -> None:
    file, other = stored([b"moje"]), stored([b"cudze"])
    Piece.objects.filter(file=file).delete()
    Piece.objects.filter(file=other).update(file=file)
    assert_unreadable(file, after=0)


@pytest.mark.parametrize("size", [PIECE_BYTES, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 1])
def test_a_file_that_was_cut_off_is_not_read(size: int) -> None:
    """Not even if its size was changed along with it."""
    file = stored([some_bytes(3 * PIECE_BYTES)])
    pieces_of(file)[-1].delete()
    StoredFile.objects.filter(pk=file.pk).update(size=size)
    assert_unreadable(file, after=(size - 1) // PIECE_BYTES)


def test_only_the_owner_opens_it_once_it_is_complete_and_for_a_day() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        file = write_file(owner=OWNER, purpose="test", name="plik.csv", content=[b"x"])
        clock.shift(datetime.timedelta(hours=2))
        assert not is_open_to(file=StoredFile.objects.get(), account_id=OWNER)
        complete_file(file=file)
        file = StoredFile.objects.get()
        assert [is_open_to(file=file, account_id=who) for who in (OWNER, uuid.uuid4())] == [True, False]
        clock.shift(datetime.timedelta(hours=23, minutes=59))
        assert (is_open_to(file=file, account_id=OWNER), delete_expired_files()) == (True, 0)
        clock.shift(datetime.timedelta(minutes=1))
        assert not is_open_to(file=file, account_id=OWNER)
        delete_expired(0)
        assert (StoredFile.objects.count(), Piece.objects.count()) == (0, 0)


def test_what_a_killed_job_left_goes_after_a_day() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write_file(owner=OWNER, purpose="test", name="plik.csv", content=[b"x"])
        clock.shift(datetime.timedelta(hours=24))
        assert (delete_expired_files(), Piece.objects.count()) == (1, 0)


def test_the_files_of_one_account_are_deleted_and_no_others() -> None:
    other = stored([b"cudze"], owner=uuid.UUID(int=2))
    stored([b"moje"])
    write_file(owner=OWNER, purpose="test", name="plik.csv", content=[b"x"])
    assert delete_files_of(owner=OWNER) == 2
    assert list(Piece.objects.values_list("file", flat=True)) == [other.pk]


@pytest.mark.django_db(transaction=True)
def test_a_file_deleted_by_another_process_while_it_is_written_stays_deleted() -> None:
    def content() -> Iterator[bytes]:
        yield some_bytes(3 * PIECE_BYTES)
        with ThreadPoolExecutor(1) as others:
            assert others.submit(delete_elsewhere).result() == 1
        yield some_bytes(PIECE_BYTES)

    with pytest.raises(FileGoneError):
        write_file(owner=OWNER, purpose="test", name="plik.csv", content=content())
    assert (StoredFile.objects.count(), Piece.objects.count()) == (0, 0)


def delete_elsewhere() -> int:
    try:
        return delete_files_of(owner=OWNER)
    finally:
        connection.close()


def test_a_file_deleted_before_it_is_complete_is_not_completed() -> None:
    file = write_file(owner=OWNER, purpose="test", name="plik.csv", content=[b"x"])
    delete_files_of(owner=OWNER)
    with pytest.raises(FileGoneError):
        complete_file(file=file)


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(pieces: int) -> int:
        tracemalloc.start()
        file = stored(bytes(PIECE_BYTES) for _ in range(pieces))
        for _ in read_file(file=file):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(100) < 2 * peak(10)


def test_of_content_that_fails_nothing_stays() -> None:
    def content() -> Iterator[bytes]:
        yield some_bytes(2 * PIECE_BYTES)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        write_file(owner=OWNER, purpose="test", name="plik.csv", content=content())
    assert (StoredFile.objects.count(), Piece.objects.count()) == (0, 0)
