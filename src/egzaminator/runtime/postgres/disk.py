import ctypes
import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Flush everything on a folder's file system to disk, so that it survives a power cut. Raise `OSError` on failure.

    This makes one syncfs(2) call instead of an fsync for each of PostgreSQL's thousand files: hundredths of a
    second instead of seconds.
    """
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(file) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(file)
