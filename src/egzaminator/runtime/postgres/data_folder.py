"""PostgreSQL's data folder: how it is checked, created, and cleaned up after a server that was killed."""

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from egzaminator.runtime.operating_system import sync_file_system
from egzaminator.runtime.postgres.binaries import MAJOR_VERSION
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import NAME, SOCKET_NAME, Layout
from egzaminator.runtime.postgres.programs import HERE, Programs
from egzaminator.runtime.postgres.users import User

_PID_FILE: Final = "postmaster.pid"
# The modes that PostgreSQL accepts. It reports any other mode only in its own log.
_MODES: Final = (0o700, 0o750)


def is_initialised(data: Path, user: User) -> bool:
    """Return whether the user's server can start in a folder; False if a new data folder must be created there.

    Raise `EmbeddedServerError` if the folder is damaged, has the wrong owner or mode, or was made by another
    version.
    """
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
    """Create the data folder with an empty database in it, atomically.

    Raise `OSError`, or `CalledProcessError` if one of PostgreSQL's programs fails.
    """
    new = layout.unfinished
    shutil.rmtree(new, ignore_errors=True)  # the remains of an initdb that was killed
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(new, programs.user.uid, programs.user.gid, follow_symlinks=False)
    programs.run(
        "initdb",
        *("--pgdata", HERE, "--encoding", "UTF8", "--locale", "C", "--username", NAME, "--no-instructions"),
        *("--auth-local", "trust", "--auth-host", "reject"),  # access is controlled by the mode of the socket's folder
        "--no-sync",
        cwd=new,
    )
    # By default, a server in single-user mode continues after an error and then reports success.
    single = ("--single", "-D", HERE, "-c", "fsync=off", "-c", "exit_on_error=true", "postgres")
    programs.run("postgres", *single, cwd=new, text=f"CREATE DATABASE {NAME}\n")
    sync_file_system(new)
    new.rename(layout.data)
    sync_file_system(layout.root)


def clear_stale(layout: Layout) -> None:
    """Remove the files that block a start after a kill or a power cut.

    The caller must hold the lock, so that no server of ours is alive. PostgreSQL trusts the process ids in these
    files, but such an id may belong to any process by now. So no process is ever signalled by them.

    Raise `EmbeddedServerError` if a server that was started by other means uses the folder, and `OSError` if a file
    cannot be removed.
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
    """Return the pid of a PostgreSQL server that runs in the data folder, or None.

    A PostgreSQL server's working folder is its data folder. A process that merely reuses the pid in the file works
    elsewhere.
    """
    try:
        pid = int((data / _PID_FILE).read_text(encoding="ascii").split()[0])
        works_here = Path(f"/proc/{pid}/cwd").samefile(data)
    except (OSError, ValueError, IndexError):
        return None
    return pid if works_here else None
