"""The server's Unix socket: its folder, and whether a server answers on it."""

import os
import stat
from typing import Final

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import NAME, PORT, Layout
from egzaminator.runtime.postgres.users import User

_MODE: Final = 0o700


def ask(layout: Layout) -> Ping:
    """Ping the server: OK if it answers, REJECT if it is starting or stopping, otherwise no server is there."""
    conninfo = make_conninfo(host=str(layout.socket_folder), port=PORT, user=NAME, dbname="postgres", connect_timeout=5)
    return Ping(PGconn.ping(conninfo.encode()))


def require_trusted_folder(layout: Layout, user: User) -> None:
    """Raise `EmbeddedServerError` if the socket's folder is not private to the user: then anyone may answer in it.

    A missing folder is trusted, because no server answers in it. A socket inside DATA_DIR is as trustworthy as the
    data beside it.
    """
    folder = layout.socket_folder
    if folder == layout.data:
        return
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    ours = found.st_uid in (user.uid, os.geteuid())  # ourselves: root, who has just created it for the user
    if not ours or not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) != _MODE:
        raise EmbeddedServerError(
            f"{folder}, where the database's socket belongs, was not made by this program. "
            f"Remove it, or move DATA_DIR to a shorter path ({layout.root})."
        )


def make_folder(layout: Layout, user: User) -> None:
    """Create the socket's folder if it lies outside DATA_DIR.

    Raise `EmbeddedServerError` if the folder is not private to the user, and `OSError` if it cannot be created.
    """
    folder = layout.socket_folder
    if folder == layout.data:
        return
    folder.mkdir(mode=_MODE, exist_ok=True)
    if os.geteuid() == 0 and folder.lstat().st_uid == 0:
        os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    require_trusted_folder(layout, user)
