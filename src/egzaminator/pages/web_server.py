"""The web server, the same in production and in the demo."""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from egzaminator.kernel.processes import die_with_parent

# Most requests wait for the database or for a turn at hashing a password; pages must not wait behind those.
THREADS: Final = 32
# Open connections a worker, idle ones too. Fewer, and browsers that keep theirs open would keep others out.
_CONNECTIONS: Final = 1024
# Seconds for the requests under way when the server is told to stop.
_STOP_TIMEOUT: Final = 20
# What the server says by itself goes by the same rules as what the site says.
_LINE: Final = {"()": "egzaminator.kernel.logs.LineFormatter", "fmt": "[%(levelname)s] %(message)s"}

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def load_application(parent: int) -> WsgiApplication:
    """Give the site to a worker process, and tie the worker's life to its parent's, by process id."""
    die_with_parent(parent)
    from egzaminator.wsgi import application  # noqa: PLC0415 -- builds the site, which is the worker's task

    return application


def run_web_server(*, host: str, port: int, workers: int) -> None:
    """Serve the site until SIGTERM or SIGINT.

    Takes a numeric address, a port, the number of processes. There is no access log: addresses carry one-time links.
    Raises SystemExit when a worker fails as soon as it is started.
    """
    server = Server(
        "egzaminator.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=_CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_TIMEOUT,
        log_level=LogLevels.error,
        log_access=False,
        log_dictconfig={"formatters": {"generic": _LINE, "access": _LINE}},
    )
    server.serve(target_loader=partial(load_application, os.getpid()), wrap_loader=False)
