"""The flock that says whether a server lives.

Whoever starts the server takes it and hands the open file down to PostgreSQL, all of whose processes inherit it, then
closes its own. So it is held exactly as long as any process of the server lives, its owner dead or not, and whoever
gets it knows that nobody has the data folder open.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from egzaminator.kernel.postgres.users import User

_open_here: set[int] = set()


@contextmanager
def taken(path: Path, user: User) -> Iterator[int | None]:
    """Try to take the lock; give the open file that holds it, or None when a server lives. Raises OSError.

    The lock file becomes the user's, so that this user can take the lock after root has made it.
    """
    with _opened(path, os.O_RDWR | os.O_CREAT) as file:
        if not _lock(file, fcntl.LOCK_EX):
            yield None
            return
        if os.geteuid() == 0:
            os.fchown(file, user.uid, user.gid)
        yield file


def is_taken(path: Path) -> bool:
    """Tell whether a server lives or starts: a few microseconds, where a question to the server costs milliseconds."""
    try:
        with _opened(path, os.O_RDONLY) as file:
            return not _lock(file, fcntl.LOCK_SH)
    except OSError:
        return False


def close_after_fork() -> None:
    """Close what a fork of this process has inherited: the lock is not held for the child."""
    for file in _open_here:
        with suppress(OSError):
            os.close(file)
    _open_here.clear()


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    _open_here.add(file)
    try:
        yield file
    finally:
        _open_here.discard(file)
        os.close(file)


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
