"""The web server, the same in production and in the demo."""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.db import connections
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from egzaminator.runtime.operating_system import die_with_parent

# Most requests wait for the database or for a hashing slot. Pages must not queue behind those.
THREADS: Final = 32
# Open connections per worker, idle ones included. With fewer, browsers that keep theirs open would lock others out.
_CONNECTIONS: Final = 1024
# Seconds that requests under way have to finish when the server is told to stop.
_STOP_TIMEOUT: Final = 20
# The server's own log lines go through the site's formatter, so the same rules for secrets hold for them.
_LINE: Final = {"()": "egzaminator.runtime.logs.LineFormatter", "fmt": "[%(levelname)s] %(message)s"}

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def load_application(parent: int) -> WsgiApplication:
    """Return the WSGI application, called in a worker process. The worker dies with its parent, a process id."""
    die_with_parent(parent)
    from egzaminator.wsgi import application  # noqa: PLC0415 -- importing builds the site, which is the worker's task

    # A cursor of the database server lives in one of its processes. Behind PgBouncer in transaction mode each statement
    # may reach another. Jobs that read many rows by one run in the mail worker, which goes past the pooler.
    connections.settings["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    return application


def run_web_server(*, host: str, port: int, workers: int) -> None:
    """Serve the site until SIGTERM or SIGINT.

    `host` is a numeric IP address, `workers` the number of processes. There is no access log, because URLs contain the
    tokens of one-time links. Raise `SystemExit` if a worker fails as soon as it starts.
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
