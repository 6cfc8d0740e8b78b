"""The site's own web server, in its own processes."""

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Running:
    """A running web server: its port, and the pid of its workers' parent."""

    port: int
    pid: int


@contextmanager
def web_server(*, workers: int) -> Iterator[Running]:
    """Serve the site during the block. The caller must have closed its database connections."""
    port = _free_port()
    server = multiprocessing.get_context("fork").Process(target=_serve, args=[port, workers])
    server.start()
    try:
        _wait_for(port)
        yield Running(port, server.pid or 0)
    finally:
        server.terminate()
        server.join()


def _serve(port: int, workers: int) -> None:
    from egzaminator.runtime.web_server import run_web_server  # noqa: PLC0415 -- needs Django set up

    run_web_server(host="127.0.0.1", port=port, workers=workers)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)
        else:
            return
