"""A list of leaked passwords on the operator's disk, searched where it lies.

The format is that of Have I Been Pwned's list "Pwned Passwords", ordered by hash: a line `SHA-1:count` each, the SHA-1
of the password in UTF-8 as 40 hexadecimal digits. The whole list has some 40 GB, so it is never read whole: a binary
search reads about 35 lines of it.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO, Final

_LINE: Final = re.compile(rb"([0-9A-Fa-f]{40}):[0-9]+\r?\n?")
_LONGEST_LINE: Final = 80
# Places that are looked at when the program starts. A file in another order shows it in the first few.
_SAMPLES: Final = 64


class NotALeakListError(Exception):
    """A file that is no such list. Its text, which follows the file's name, says why."""


def require_leak_list(path: Path) -> None:
    """Look at a file in some places. Raises NotALeakListError."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            hashes = [_hash_after(file, size * place // _SAMPLES) for place in range(_SAMPLES)]
    except OSError as error:
        raise NotALeakListError(f"cannot be read: {error.strerror}") from None
    found = [one for one in hashes if one is not None]
    if not found:
        raise NotALeakListError("is empty")
    if found != sorted(found):
        raise NotALeakListError("is not ordered by hash")


def is_leaked(password: str, *, path: Path) -> bool:
    """Tell whether a list holds a password. Raises NotALeakListError and OSError."""
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        # The first line that begins at `high` or later is not below what is wanted; all before `low` are.
        while low < high:
            middle = (low + high) // 2
            found = _hash_after(file, middle)
            if found is None or found >= wanted:
                high = middle
            else:
                low = middle + 1
        return _hash_after(file, low) == wanted


def _hash_after(file: BinaryIO, place: int) -> bytes | None:
    """Give the hash of the first line that begins at a place or after it, None when none does."""
    if place:
        file.seek(place - 1)
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
