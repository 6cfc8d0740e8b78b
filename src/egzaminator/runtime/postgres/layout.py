"""Where the embedded server keeps its files and its socket.

Every process computes the same paths from DATA_DIR, so processes need no communication to find the server.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAME: Final = "egzaminator"
PORT: Final = 5432
SOCKET_NAME: Final = f".s.PGSQL.{PORT}"
# Size of the path in sockaddr_un without the closing NUL (unix(7)).
_SOCKET_PATH_BYTES: Final = 107
# Not tempfile.gettempdir(), because processes with different TMPDIRs must find the same socket.
_SHARED_FOLDER: Final = Path("/tmp")  # noqa: S108 -- sockets.py checks the owner of what it finds there


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one embedded server. All are in DATA_DIR; only the socket may be elsewhere."""

    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.root / "postgres"

    @property
    def unfinished(self) -> Path:
        """The data folder while initdb is still creating it."""
        return self.root / "postgres.new"

    @property
    def lock(self) -> Path:
        """The file that is locked (flock) for as long as any process of the server lives."""
        return self.root / "postgres.lock"

    @property
    def log(self) -> Path:
        """PostgreSQL's own log."""
        return self.root / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The socket's folder (mode 0700): the data folder, or a folder in /tmp if the data folder's path is unusable.

        A path that is too long does not fit into a socket's address, and libpq reads a comma as the end of a
        host name.
        """
        if len(os.fsencode(self.data / SOCKET_NAME)) <= _SOCKET_PATH_BYTES and "," not in str(self.data):
            return self.data
        return _SHARED_FOLDER / f"{NAME}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"


def layout_of(data_dir: Path) -> Layout:
    """Return the layout in a data folder. Symbolic links are resolved: all names of one folder give one layout."""
    return Layout(data_dir.resolve())
