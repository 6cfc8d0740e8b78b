import http.client
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Final, Self

from egzaminator.demo.child import Child
from egzaminator.demo.errors import DemoError

# Seconds.
_TICK: Final = 0.2
_START_TIMEOUT: Final = 60.0
_STOP_PATIENCE: Final = 6.0

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Starts the demo's processes, monitors them and stops all of them, in reverse order of their start.

    A helper that exits is restarted. If the web server exits, the demo ends. Inside the context manager, the stop
    signals end `watch`.
    """

    def __init__(self, web: Child, helpers: Sequence[Child], say: Callable[[str], None]) -> None:
        self._web = web
        self._helpers = helpers
        self._say = say
        self._must_stop = False

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)
        for child in (*self._helpers, self._web):
            child.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in (self._web, *reversed(self._helpers)):
            child.stop(patience=_STOP_PATIENCE)

    def wait_for_site(self, port: int) -> bool:
        """Wait until the site answers. Return False if asked to stop in the meantime.

        Raise `DemoError` if the web server exits or does not answer within a minute.
        """
        deadline = time.monotonic() + _START_TIMEOUT
        while not self._must_stop:
            if _answers(port):
                return True
            if time.monotonic() > deadline:
                raise DemoError(f"The site has not answered within {_START_TIMEOUT:.0f} seconds of its start.")
            self._look_after()
            time.sleep(_TICK)
        return False

    def watch(self) -> None:
        """Keep all processes running until asked to stop. Raise `DemoError` if the web server exits."""
        while not self._must_stop:
            self._look_after()
            time.sleep(_TICK)

    def _look_after(self) -> None:
        if not self._web.is_running:
            raise DemoError("The web server has stopped, so everything else stops too. Its last words stand above.")
        for child in self._helpers:
            if child.is_running:
                continue
            if not child.starts_at:
                self._say(f"The {child.name} has stopped; it starts again in {child.schedule_restart():.0f} s.")
            elif time.monotonic() >= child.starts_at:
                child.start()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._must_stop = True


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
