"""Requests by the clock, through nginx, while something is done to the server: how many were refused."""

import http.client
import socket
import ssl
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

from tests.installation.network import INSIDE
from tests.installation.steps import HOST, World

_A_SECOND: Final = 20
_PATIENCE: Final = 60.0  # seconds: as long as nginx waits
# Pages from memory, pages from the database, the log-in: the last is answered (403) by the processes of the log-ins.
_REQUESTS: Final = [
    ("GET", "/"),
    ("GET", "/szukaj/?q=egzamin"),
    ("GET", "/konto/logowanie/"),
    ("GET", "/readyz"),
    ("POST", "/konto/logowanie/"),
]


class Clock:
    """Sends so many requests a second, whether or not those before were answered. A context manager."""

    def __init__(self, world: World) -> None:
        self._context = ssl.create_default_context(cafile=world.found["authority"])
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._pool = ThreadPoolExecutor(200)
        self._answers: list[Future[tuple[str, float]]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._pool.shutdown()

    @property
    def refused(self) -> list[str]:
        """Return what was not answered by the site, after the end."""
        return [problem for problem, _seconds in (answer.result() for answer in self._answers) if problem]

    def __str__(self) -> str:
        slowest = max(answer.result()[1] for answer in self._answers)
        return f"{len(self._answers)} requests, {len(self.refused)} refused, the slowest took {slowest:.1f} s"

    def _tick(self) -> None:
        begun = time.monotonic()
        while not self._ends.wait(max(0, begun + len(self._answers) / _A_SECOND - time.monotonic())):
            method, path = _REQUESTS[len(self._answers) % len(_REQUESTS)]
            self._answers.append(self._pool.submit(self._ask, method, path))

    def _ask(self, method: str, path: str) -> tuple[str, float]:
        begun = time.monotonic()
        try:
            with (
                socket.create_connection((INSIDE, http.client.HTTPS_PORT), timeout=_PATIENCE) as plain,
                self._context.wrap_socket(plain, server_hostname=HOST) as secure,
            ):
                length = "Content-Length: 0\r\n" if method == "POST" else ""
                secure.sendall(f"{method} {path} HTTP/1.0\r\nHost: {HOST}\r\n{length}\r\n".encode())
                answer = http.client.HTTPResponse(secure)
                answer.begin()
                answer.read()
                status = answer.status
        except (OSError, http.client.HTTPException) as error:
            problem = f"{method} {path}: {type(error).__name__} {error}"
        else:
            problem = "" if status < http.client.INTERNAL_SERVER_ERROR else f"{method} {path}: {status}"
        return problem, time.monotonic() - begun
