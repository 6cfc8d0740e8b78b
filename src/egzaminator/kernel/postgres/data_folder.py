"""PostgreSQL's data folder: looked at, made, and cleared of what a server that was killed has left in it."""

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from egzaminator.kernel.postgres import disk
from egzaminator.kernel.postgres.binaries import MAJOR_VERSION
from egzaminator.kernel.postgres.errors import EmbeddedServerError
from egzaminator.kernel.postgres.layout import NAME, SOCKET_NAME, Layout
from egzaminator.kernel.postgres.programs import HERE, Programs
from egzaminator.kernel.postgres.users import User

_PID_FILE: Final = "postmaster.pid"
# What PostgreSQL itself accepts, and refuses in its log only.
_MODES: Final = (0o700, 0o750)


def is_initialised(data: Path, user: User) -> bool:
    """Tell whether a user's server can start in a folder, or a new one is to be made. Raises EmbeddedServerError."""
    try:
        found = data.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise EmbeddedServerError(f"{data} is not a folder. Move it away; the database goes there.")
        if not any(data.iterdir()):
            return False
        if found.st_uid != user.uid:
            raise EmbeddedServerError(
                f"{data} belongs to user {found.st_uid}. "
                f"Run the program as that user, or give the folder away: chown -R {user.uid} '{data}'"
            )
        if stat.S_IMODE(found.st_mode) not in _MODES:
            raise EmbeddedServerError(f"{data} has the wrong permissions. Put them right: chmod 700 '{data}'")
        version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        if error.filename == str(data):
            return False
        version = ""
    except UnicodeDecodeError:
        version = ""
    if not version.isdigit():
        raise EmbeddedServerError(
            f"{data} is damaged: its file PG_VERSION is missing or unreadable. "
            "Restore the folder from a backup, or move it away to start with an empty database."
        )
    if version != MAJOR_VERSION:
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {version}, and this program brings PostgreSQL {MAJOR_VERSION}. "
            f"Set DATABASE_URL to a server of version {version}, or dump the database there and load it here."
        )
    return True


def initialise(layout: Layout, programs: Programs) -> None:
    """Make the data folder with an empty database in it, whole or not at all.

    Raises OSError, or CalledProcessError when one of PostgreSQL's programs fails.
    """
    new = layout.unfinished
    shutil.rmtree(new, ignore_errors=True)  # what an initdb that was killed has left
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(new, programs.user.uid, programs.user.gid, follow_symlinks=False)
    programs.run(
        "initdb",
        *("--pgdata", HERE, "--encoding", "UTF8", "--locale", "C", "--username", NAME, "--no-instructions"),
        *("--auth-local", "trust", "--auth-host", "reject"),  # who may enter is decided by the socket folder's mode
        "--no-sync",
        cwd=new,
    )
    # By itself a single user's server goes on after an error and then reports success.
    single = ("--single", "-D", HERE, "-c", "fsync=off", "-c", "exit_on_error=true", "postgres")
    programs.run("postgres", *single, cwd=new, text=f"CREATE DATABASE {NAME}\n")
    disk.sync(new)
    new.rename(layout.data)
    disk.sync(layout.root)


def clear_stale(layout: Layout) -> None:
    """Remove what blocks a start after a kill or a power cut. For who holds the lock: then no server of ours lives.

    PostgreSQL goes by the process ids in these files, which may belong to anyone by now; nobody is ever signalled by
    them. Raises EmbeddedServerError when somebody has started a server of their own in the folder, and OSError.
    """
    pid = _foreign_server(layout.data)
    if pid is not None:
        raise EmbeddedServerError(
            f"A PostgreSQL server that was started by other means (process {pid}) uses {layout.data}. Stop it first."
        )
    socket = layout.socket_folder / SOCKET_NAME
    for path in (layout.data / _PID_FILE, socket, socket.with_name(f"{SOCKET_NAME}.lock")):
        path.unlink(missing_ok=True)


def _foreign_server(data: Path) -> int | None:
    """A PostgreSQL server works in its data folder; whoever else has the pid in the file by now does not."""
    try:
        pid = int((data / _PID_FILE).read_text(encoding="ascii").split()[0])
        works_here = Path(f"/proc/{pid}/cwd").samefile(data)
    except (OSError, ValueError, IndexError):
        return None
    return pid if works_here else None
