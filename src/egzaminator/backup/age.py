"""Encryption to public keys in the format of age (age-encryption.org/v1), as streams: nothing in clear on the disk.

A file that this writes is opened by the program `age` of any distribution as well.
"""

import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, Protocol, TypeVar

import pyrage

from egzaminator.backup.errors import BackupError

T = TypeVar("T")
_BUFFER: Final = 64 * 1024


def new_key() -> tuple[str, str]:
    """Return a new private key and its public key, as texts."""
    private = pyrage.x25519.Identity.generate()
    return str(private), str(private.to_public())


def read_private_keys(text: str) -> list[Any]:
    """Return the private keys of a file as age-keygen writes it: comments, and one key a line. Raise `BackupError`."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        keys = []
    if not keys:
        raise BackupError("The key file holds no private key of age: a line that begins with AGE-SECRET-KEY-1.")
    return keys


def encrypt_text(text: str, *, recipient: str) -> str:
    """Return a text that only the private key of a recipient opens, as lines that can be printed or mailed."""
    encrypted: bytes = pyrage.encrypt(text.encode(), [_recipient(recipient)], armored=True)
    return encrypted.decode("ascii")


class Sink(Protocol):
    """What encrypted bytes are written into."""

    def write(self, content: bytes, /) -> int:
        """Write all of it."""

    def flush(self) -> None:
        """Pass on what is kept back."""


@contextmanager
def encrypting(target: Sink, *, recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield a file: what is written into it arrives encrypted in `target`. Raise what writing there raises."""
    keys = [_recipient(recipient) for recipient in recipients]
    noted = _Noting(target)
    with _pipe() as (source, sink):
        stream = _Stream(lambda: pyrage.encrypt_io(source, noted, keys), end=source)
        try:
            yield sink
        finally:
            stream.join(sink, noted)


@contextmanager
def decrypting(source: IO[bytes], *, keys: Sequence[Any]) -> Iterator[IO[bytes]]:
    """Yield a file that holds what `source` held before it was encrypted. Raise `BackupError`.

    What is read may end too early if the source does: the error is raised at the end of the block.
    """
    noted = _Noting(source)
    with _pipe() as (opened, sink):
        stream = _Stream(lambda: pyrage.decrypt_io(noted, sink, keys), end=sink)
        try:
            yield opened
        finally:
            stream.join(opened, noted)


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BackupError(f"{text[:80]} is no public key of age: these begin with age1.") from None


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", _BUFFER) as source, os.fdopen(writing, "wb", _BUFFER) as sink:
        yield source, sink


class _Noting:
    """A file that keeps the error that it raised: the library turns errors of files into texts of its own."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        content: bytes = self._do(lambda: self._file.read(size))
        return content

    def write(self, content: bytes) -> int:
        written: int = self._do(lambda: self._file.write(content))
        return written

    def flush(self) -> None:
        self._do(self._file.flush)

    def _do(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except OSError as error:
            self.error = error
            raise


class _Stream:
    """A thread that pumps one end of a pipe: the library is called once, and reads and writes until the end."""

    def __init__(self, work: Callable[[], None], *, end: IO[bytes]) -> None:
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(work, end))
        self._thread.start()

    def _run(self, work: Callable[[], None], end: IO[bytes]) -> None:
        try:
            work()
            end.close()
        except Exception as error:  # noqa: BLE001 -- raised again in the thread that waits
            self._error = error
            with suppress(BrokenPipeError):
                end.close()

    def join(self, other_end: IO[bytes], file: _Noting) -> None:
        """Close the other end of the pipe, wait for the thread, and raise its error.

        That nobody reads on is no error: then whoever reads has stopped, or has an error of its own.
        """
        with suppress(BrokenPipeError):
            other_end.close()
        self._thread.join()
        if file.error is not None:
            raise file.error
        if isinstance(self._error, pyrage.DecryptError) and "key" in str(self._error).lower():
            raise BackupError(
                "The key does not open the archive. Give the key of one of the BACKUP_RECIPIENTS that it was made for."
            )
        if isinstance(self._error, pyrage.DecryptError) or (
            isinstance(self._error, OSError) and self._error.errno != errno.EPIPE
        ):
            raise BackupError("The archive is damaged or cut off. Take another one, or another copy of it.")
        if self._error is not None and not isinstance(self._error, OSError):
            raise self._error
