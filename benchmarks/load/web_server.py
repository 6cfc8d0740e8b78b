"""The site's own web server, in its own processes."""

import http.client
import multiprocessing
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Running:
    """A running web server: its port, the one for log-ins, and the pid of the processes' parent."""

    port: int
    log_in_port: int
    pid: int


@contextmanager
def web_server(*, workers: int) -> Iterator[Running]:
    """Serve the site during the block, from one port. The caller must have closed its database connections."""
    from egzaminator.runtime.listeners import listen  # noqa: PLC0415 -- needs Django set up
    from egzaminator.runtime.web_server import run_web_server  # noqa: PLC0415 -- needs Django set up

    with listen("127.0.0.1", 0) as listener, _running(run_web_server, listener=listener, workers=workers) as pid:
        port = _wait_for(listener)
        yield Running(port, port, pid)


@contextmanager
def web_groups() -> Iterator[Running]:
    """Serve the site during the block as `manage.py serve` does with `BIND_LOGINS`, in two groups of processes."""
    from egzaminator.runtime.listeners import listen  # noqa: PLC0415 -- needs Django set up
    from egzaminator.runtime.web_server import Group, run_groups  # noqa: PLC0415 -- needs Django set up

    with listen("127.0.0.1", 0) as pages, listen("127.0.0.1", 0) as log_ins:
        groups = {Group.PAGES: pages, Group.LOG_INS: log_ins}
        with _running(run_groups, listeners=groups) as pid:
            yield Running(_wait_for(pages), _wait_for(log_ins), pid)


@contextmanager
def _running(serve: Callable[..., None], **arguments: object) -> Iterator[int]:
    server = multiprocessing.get_context("fork").Process(target=serve, kwargs=arguments)
    server.start()
    try:
        yield server.pid or 0
    finally:
        server.terminate()
        server.join()


def _wait_for(listener: socket.socket) -> int:
    """Wait for an answer of the server, and return its port. The socket itself accepts connections all the time."""
    port = int(listener.getsockname()[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    connection.request("GET", "/healthz", headers={"Connection": "close"})
    assert connection.getresponse().status == HTTPStatus.OK
    connection.close()
    return port
