"""Run PostgreSQL's programs as the server's user, in a working folder that this user need not be able to reach."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egzaminator.runtime.postgres.users import User

_LAUNCHER: Final = Path(__file__).with_name("launch.py")
# The working folder is entered before the privileges are dropped. This path finds it even if the permissions of its
# parent folders forbid access.
HERE: Final = "/proc/self/cwd"
# Nothing is inherited: PGOPTIONS, PGDATA and the like change PostgreSQL's behaviour, and LC_MESSAGES would translate
# its log.
_ENVIRONMENT: Final = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs in a folder, and what all of them are run with.

    The programs inherit `lock`, an open file that holds the flock, so that the lock stays held while any of their
    processes lives. Their output goes to the open file `log`.
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
        """Start a program, which receives `death_signal` when the calling *thread* ends (prctl(2)).

        Raise `OSError` if the program cannot be started.
        """
        numbers = (os.getpid(), death_signal.value, self.user.uid, self.user.gid)
        return subprocess.Popen(  # noqa: S603 -- the command is our own
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
            start_new_session=True,  # Ctrl-C in a terminal reaches only the owner, which stops the server cleanly
            umask=0o077,
            env=_ENVIRONMENT,
        )

    def run(self, name: str, *arguments: str, cwd: Path, text: str = "") -> None:
        """Run a program to its end, with `text` on its stdin.

        Raise `OSError` if it cannot be started, and `CalledProcessError` if it fails.
        """
        process = self.start(name, *arguments, cwd=cwd, death_signal=signal.SIGKILL, stdin=subprocess.PIPE)
        with process:
            try:
                process.communicate(text.encode())
            except BaseException:  # mainly Ctrl-C
                process.kill()
                raise
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, name)
