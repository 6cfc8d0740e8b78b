"""The thread that runs the server as a child of this process."""

import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

# Signals, with the seconds to wait after each: a clean ("fast") shutdown, an immediate shutdown, which the next start
# has to recover from, and a kill.
_PATIENCE: Final = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))


class Keeper(threading.Thread):
    """A thread that starts the server and lives as long as the server does.

    Linux sends the parent-death signal when the *thread* that started the server ends. So that thread must not be
    one that serves requests or runs jobs.
    """

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        super().__init__(name="postgres-keeper", daemon=True)
        self._start_server = start
        self._server: Future[subprocess.Popen[bytes]] = Future()

    def run(self) -> None:
        """Start the server and wait until it ends."""
        try:
            server = self._start_server()
        except BaseException as error:  # noqa: BLE001 -- re-raised in the thread that asked for the server
            self._server.set_exception(error)
        else:
            self._server.set_result(server)
            server.wait()

    def wait_until_started(self) -> None:
        """Wait until the server process exists. Raise `OSError` if it cannot be started."""
        self._server.result()

    def stop(self) -> None:
        """Stop the server cleanly, or by force if it does not react."""
        server = self._server.result()
        for number, seconds in _PATIENCE:
            server.send_signal(number)
            self.join(seconds)
            if not self.is_alive():
                return
