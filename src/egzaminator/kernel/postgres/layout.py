"""Where the embedded server keeps what, and where it listens: computed alike by every process, nothing agreed upon."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAME: Final = "egzaminator"
PORT: Final = 5432
SOCKET_NAME: Final = f".s.PGSQL.{PORT}"
# What sockaddr_un holds beside its closing NUL (unix(7)).
_SOCKET_PATH_BYTES: Final = 107
# Not tempfile.gettempdir(): processes with different TMPDIRs have to meet.
_SHARED_FOLDER: Final = Path("/tmp")  # noqa: S108 -- sockets.py trusts nothing found there before looking at its owner


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one embedded server, all in DATA_DIR; only the socket may lie elsewhere."""

    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.root / "postgres"

    @property
    def unfinished(self) -> Path:
        """The data folder until initdb has finished with it."""
        return self.root / "postgres.new"

    @property
    def lock(self) -> Path:
        """The file whose flock is held for as long as any process of the server lives."""
        return self.root / "postgres.lock"

    @property
    def log(self) -> Path:
        """PostgreSQL's own log."""
        return self.root / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """The folder of mode 0700 that the socket lies in: the data folder, or one of ours where that cannot be named.

        Too long a path does not fit into a socket's address, and libpq reads a comma as the end of a host.
        """
        if len(os.fsencode(self.data / SOCKET_NAME)) <= _SOCKET_PATH_BYTES and "," not in str(self.data):
            return self.data
        return _SHARED_FOLDER / f"{NAME}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"


def layout_of(data_dir: Path) -> Layout:
    """Give the layout in a data folder; two names of one folder (symbolic links) give the same."""
    return Layout(data_dir.resolve())
