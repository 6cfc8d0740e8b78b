import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from egzaminator.runtime.operating_system import die_with_parent

# Backoff of restarts, in seconds: the delay doubles with each restart, up to the maximum, until a process has run for
# `_LASTED`.
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_LASTED: Final = 60.0


class Child:
    """A process of the demo, run with this Python interpreter."""

    def __init__(self, name: str, *arguments: str, inherits: Sequence[int] = ()) -> None:
        self.name = name
        self.starts_at = 0.0
        self._arguments = arguments
        self._inherits = inherits
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = _FIRST_PAUSE

    @property
    def is_running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process, which cannot outlive this one. Call it from the main thread."""
        self.starts_at = 0.0
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 -- the programs are our own
            [sys.executable, *self._arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=self._inherits,
            start_new_session=True,  # Ctrl-C in a terminal reaches only the supervisor, which stops the others in order
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 -- the function takes no lock
        )

    def schedule_restart(self) -> float:
        """Schedule the next start and return the seconds until then."""
        now = time.monotonic()
        if now - self._started_at > _LASTED:
            self._pause = _FIRST_PAUSE
        pause = self._pause
        self._pause = min(2 * pause, _LONGEST_PAUSE)
        self._process = None
        self.starts_at = now + pause
        return pause

    def stop(self, *, patience: float) -> None:
        """Send SIGTERM to the process, and SIGKILL if it is still running after `patience` seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
