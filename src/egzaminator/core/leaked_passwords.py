"""Search a list of leaked passwords in a file on the operator's disk.

The format is that of Have I Been Pwned's list "Pwned Passwords", ordered by hash. Each line is `SHA-1:count`, where
SHA-1 is the hash of the password in UTF-8, as 40 hexadecimal digits. The whole list has some 40 GB, so it is never read
whole: a binary search reads about 35 lines of it.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO, Final

_LINE: Final = re.compile(rb"([0-9A-Fa-f]{40}):[0-9]+\r?\n?")
_LONGEST_LINE: Final = 80
# Number of positions that are sampled when the program starts. A file in another order shows it in the first few.
_SAMPLES: Final = 64


class NotALeakListError(Exception):
    """The file is not a list of leaked passwords. The message, which follows the file's name, gives the reason."""


def require_leak_list(path: Path) -> None:
    """Sample a file's lines. Raise `NotALeakListError` if it is unreadable, empty, malformed or not ordered by hash."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            hashes = [_hash_after(file, size * offset // _SAMPLES) for offset in range(_SAMPLES)]
    except OSError as error:
        raise NotALeakListError(f"cannot be read: {error.strerror}") from None
    found = [one for one in hashes if one is not None]
    if not found:
        raise NotALeakListError("is empty")
    if found != sorted(found):
        raise NotALeakListError("is not ordered by hash")


def is_leaked(password: str, *, path: Path) -> bool:
    """Return whether the list in the file `path` contains a password.

    Raise `NotALeakListError` if a line is malformed, and `OSError` if the file cannot be read.
    """
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        # Invariant: the first line that starts at `high` or later is not below `wanted`; all lines that start before
        # `low` are.
        while low < high:
            middle = (low + high) // 2
            found = _hash_after(file, middle)
            if found is None or found >= wanted:
                high = middle
            else:
                low = middle + 1
        return _hash_after(file, low) == wanted


def _hash_after(file: BinaryIO, offset: int) -> bytes | None:
    """Return the hash of the first line that starts at or after a byte offset, or None if there is no such line."""
    if offset:
        file.seek(offset - 1)
        file.readline(_LONGEST_LINE)
    else:
        file.seek(0)
    line = file.readline(_LONGEST_LINE)
    if not line:
        return None
    match = _LINE.fullmatch(line)
    if match is None:
        raise NotALeakListError("is not a list of lines `SHA-1:count`")
    return match.group(1).upper()
