"""The flock that tells whether an embedded server is alive.

The process that starts the server takes the lock, passes the open file down to PostgreSQL, all of whose processes
inherit it, and closes its own copy. So the lock is held exactly as long as any process of the server lives, even if its
owner is dead. A process that gets the lock knows that no server has the data folder open.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from egzaminator.runtime.postgres.users import User

# Apart from `core.process_state`: a reset must not forget files that are still open.
_open_here: set[int] = set()


@contextmanager
def taken(path: Path, user: User) -> Iterator[int | None]:
    """Try to take the lock. Yield the open file that holds it, or None if a server is alive. Raise `OSError`.

    The lock file's owner is changed to `user`, so that this user can take the lock after root has created it.
    """
    with _opened(path, os.O_RDWR | os.O_CREAT) as file:
        if not _lock(file, fcntl.LOCK_EX):
            yield None
            return
        if os.geteuid() == 0:
            os.fchown(file, user.uid, user.gid)
        yield file


def is_taken(path: Path) -> bool:
    """Return whether a server is alive or starting.

    This takes a few microseconds; a ping of the server takes milliseconds.
    """
    try:
        with _opened(path, os.O_RDONLY) as file:
            return not _lock(file, fcntl.LOCK_SH)
    except OSError:
        return False


def close_after_fork() -> None:
    """Close the lock files that a fork has inherited from this process, because the child must not hold the lock."""
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
