"""PostgreSQL's programs, run as the server's user in a folder that this user need not be able to reach."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egzaminator.kernel.postgres.users import User

_LAUNCHER: Final = Path(__file__).with_name("launch.py")
# The working folder is entered before the privileges are dropped: this finds it, whatever the path to it forbids.
HERE: Final = "/proc/self/cwd"
# Nothing of ours: PGOPTIONS, PGDATA and their like steer PostgreSQL, and LC_MESSAGES would translate its log.
_ENVIRONMENT: Final = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs in a folder, and what all of them are run with.

    They inherit `lock`, an open file that holds the flock, so that it stays held while any process of theirs lives.
    Their output goes to the open file `log`.
    """

    folder: Path
    user: User
    lock: int
    log: int

    def start(
        self,
        name: str,
        *arguments: str,
        cwd: Path,
        death_signal: signal.Signals,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Start a program; it gets the signal as soon as the calling *thread* ends (prctl(2)). Raises OSError."""
        numbers = (os.getpid(), death_signal.value, self.user.uid, self.user.gid)
        return subprocess.Popen(  # noqa: S603 -- our own program
            [
                *(sys.executable, "-I", "-S", str(_LAUNCHER)),
                *map(str, numbers),
                *(str(self.folder / name), *arguments),
            ],
            cwd=cwd,
            stdin=stdin,
            stdout=self.log,
            stderr=self.log,
            pass_fds=(self.lock,),
            start_new_session=True,  # Ctrl-C in a terminal is for the owner alone, who then stops its server in order
            umask=0o077,
            env=_ENVIRONMENT,
        )

    def run(self, name: str, *arguments: str, cwd: Path, text: str = "") -> None:
        """Run a program to its end, with a text to read. Raises OSError, or CalledProcessError when it fails."""
        process = self.start(name, *arguments, cwd=cwd, death_signal=signal.SIGKILL, stdin=subprocess.PIPE)
        with process:
            try:
                process.communicate(text.encode())
            except BaseException:  # Ctrl-C above all
                process.kill()
                raise
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, name)
