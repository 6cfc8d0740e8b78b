"""The server as a child of this process."""

import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

# Seconds for a shutdown in order, then for one that leaves the next start to repair, before the server is killed.
_PATIENCE: Final = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))


class Keeper(threading.Thread):
    """A thread that starts the server and lives as long as the server does.

    The kernel ends the server when the thread that started it ends, so that thread must not be one that serves requests
    or runs jobs.
    """

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        super().__init__(name="postgres-keeper", daemon=True)
        self._start_server = start
        self._server: Future[subprocess.Popen[bytes]] = Future()

    def run(self) -> None:
        """Start the server and wait for its end."""
        try:
            server = self._start_server()
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that asked for the server
            self._server.set_exception(error)
        else:
            self._server.set_result(server)
            server.wait()

    def wait_until_started(self) -> None:
        """Return when the server has its process. Raises OSError when there is none."""
        self._server.result()

    def stop(self) -> None:
        """Stop the server in order, or, where it does not obey, by force."""
        server = self._server.result()
        for number, seconds in _PATIENCE:
            server.send_signal(number)
            self.join(seconds)
            if not self.is_alive():
                return
