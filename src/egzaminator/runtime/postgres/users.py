"""The operating system's user that the embedded server runs as."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egzaminator.runtime.postgres.errors import EmbeddedServerError

# The users tried instead of root, which PostgreSQL refuses to run as.
_UNPRIVILEGED: Final = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class User:
    """An operating system's user and group, by their numeric ids."""

    uid: int
    gid: int


def user_of_server(data: Path) -> User:
    """Return the user that the server of a data folder runs as. The folder need not exist.

    A server started by an ordinary user runs as that user. A server started by root runs as the folder's owner, or
    as `postgres` or `nobody` if root owns the folder or it does not exist. Raise `EmbeddedServerError` if there is
    no such user.
    """
    if os.geteuid() != 0:
        return User(os.geteuid(), os.getegid())
    try:
        owner = data.stat().st_uid
    except OSError:
        owner = 0
    if owner != 0:
        return User(owner, _group_of(owner))
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody` to run it as. "
        "Run the program as an ordinary user, or set DATABASE_URL."
    )


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid
