import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from egzaminator.kernel.processes import die_with_parent

# Seconds between a process's end and its next start: doubled each time, up to the longest, until one has lasted.
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_LASTED: Final = 60.0


class Child:
    """A process of the demo, run by this Python."""

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
        """Start the process; it cannot outlive this one. Call it from the main thread."""
        self.starts_at = 0.0
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 -- our own programs
            [sys.executable, *self._arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=self._inherits,
            start_new_session=True,  # Ctrl-C in a terminal is for the supervisor, which stops the rest in order
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 -- takes no lock
        )

    def schedule_restart(self) -> float:
        """Set the time of the next start. Gives the seconds until then."""
        now = time.monotonic()
        if now - self._started_at > _LASTED:
            self._pause = _FIRST_PAUSE
        pause = self._pause
        self._pause = min(2 * pause, _LONGEST_PAUSE)
        self._process = None
        self.starts_at = now + pause
        return pause

    def stop(self, *, patience: float) -> None:
        """Ask the process to end; after `patience` seconds, end it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
