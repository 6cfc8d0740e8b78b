import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from egzaminator.demo.errors import DemoError

_LOCK: Final = "demo.lock"


@contextmanager
def data_folder(path: Path) -> Iterator[None]:
    """Create the data folder if it is missing (mode 0700) and lock it for this process.

    The mode of an existing folder stays as it is, because the folder may be shared (/tmp, for example), and every
    secret file in it has a mode of its own. Raise `DemoError` if the folder cannot be used or another demo uses it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise DemoError(
            f"The data folder {path} cannot be used: {error.strerror}. "
            "Set DATA_DIR to a folder that you may write to: make run DATA_DIR=…"
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(lock, 20).decode(errors="replace").strip() or "unknown"
            raise DemoError(
                f"A demo with the data folder {path} is running already (process {holder}). "
                "Stop it, or give this one its own folder and port: make run DATA_DIR=… PORT=…"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)  # this releases the lock; the file stays, or two processes could lock two files of one name
