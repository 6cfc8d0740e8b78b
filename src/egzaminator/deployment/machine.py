"""The machine that is installed on: its users, files and modes. All of it as root."""

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

from egzaminator.deployment.commands import run

USER: Final = "egzaminator"
# The command of the server, which becomes the service's user and reads its settings.
COMMAND: Final = Path("/usr/local/bin/egzaminator")


def run_ours(*arguments: str) -> tuple[int, str]:
    """Run a command of the release as the service's user. Return its exit code and what it printed."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    return done.returncode, (done.stdout + done.stderr).strip()


def make_user() -> bool:
    """Create the service's user and group. Return whether they are new."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        run(
            *("useradd", "--system", "--user-group", "--home-dir", "/var/lib/egzaminator", "--no-create-home"),
            *("--shell", "/usr/sbin/nologin", USER),
            otherwise="The service's user cannot be made. Look into /etc/passwd and /etc/group for this name.",
        )
        return True
    return False


def make_folder(path: Path, *, mode: int, owner: str = "root") -> None:
    """Create a folder, or give it its mode and owner."""
    path.mkdir(parents=True, exist_ok=True)
    _settle(path, mode=mode, owner=owner, group=owner)


def write_file(path: Path, content: str, *, mode: int, group: str = "root") -> bool:
    """Write a file of root's so that nobody ever sees half of it. Return whether anything changed."""
    is_new = not path.exists() or path.read_text() != content
    if is_new:
        draft = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _settle(draft, mode=mode, owner="root", group=group)
        draft.replace(path)
    else:
        _settle(path, mode=mode, owner="root", group=group)
    return is_new


def make_link(path: Path, target: Path) -> bool:
    """Let `path` lead to `target`, in one step. Return whether it led elsewhere."""
    if path.is_symlink() and path.resolve() == (path.parent / target).resolve():
        return False
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(path)
    return True


def _settle(path: Path, *, mode: int, owner: str, group: str) -> None:
    status = path.stat()
    if (status.st_uid, status.st_gid) != (pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid):
        shutil.chown(path, owner, group)
    if status.st_mode & 0o7777 != mode:
        path.chmod(mode)
