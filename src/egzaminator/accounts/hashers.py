import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.contrib.auth.hashers import Argon2PasswordHasher

from egzaminator.accounts.errors import HashingBusyError

# Seconds that a request waits for its turn. Longer, and on the day everyone logs in every thread of the server would
# stand in this queue, and nobody would be served so much as a page of help.
_PATIENCE: Final = 2.0
_turns = threading.BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def hashing_turn() -> Iterator[None]:
    """Hold one of as many places as there are cores while a password is hashed. Raises HashingBusyError."""
    if not _turns.acquire(timeout=_PATIENCE):
        raise HashingBusyError
    try:
        yield
    finally:
        _turns.release()


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum: 19 MiB, 2 passes, 1 lane (Password Storage Cheat Sheet)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password when its turn comes. Raises HashingBusyError."""
        with hashing_turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash when its turn comes. Raises HashingBusyError."""
        with hashing_turn():
            return super().verify(password, encoded)
