"""The web server, the same in production and in the demo, and the groups of its processes."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import partial
from typing import Any, Final

from django.db import connections
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # imported there under its own name
from granian.server import MPServer

from egzaminator.runtime.listeners import BACKLOG
from egzaminator.runtime.operating_system import die_with_parent

# Most requests wait for the database or for a hashing slot. Pages must not queue behind those.
THREADS: Final = 32
# Nice levels of the log-ins' processes below the others: when pages want the core, they get nine tenths of it.
NICENESS: Final = 10
# Open connections per worker, idle ones included. With fewer, browsers that keep theirs open would lock others out.
_CONNECTIONS: Final = 1024
# Seconds that requests under way have to finish when the server is told to stop.
_STOP_TIMEOUT: Final = 20
# The server's own log lines go through the site's formatter, so the same rules for secrets hold for them.
_LINE: Final = {"()": "egzaminator.runtime.logs.LineFormatter", "fmt": "[%(levelname)s] %(message)s"}

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Group(Enum):
    """A group of web processes. Each can answer every request; the proxy decides which ones it gets."""

    PAGES = "pages"
    LOG_INS = "log-ins"

    @property
    def workers(self) -> int:
        """How many processes it has. Hashing leaves Python's lock, so one process of log-ins occupies two cores."""
        cores = os.cpu_count() or 1
        return cores if self is Group.PAGES else (cores + 1) // 2


class _Server(MPServer):
    """granian on a socket that is open already, for which it has no option (its issue 786)."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__("egzaminator.wsgi:application", **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._ssp, self._sso = None, None
        # granian's types know neither the argument nor that it may be other than None.
        self._shd = SocketHolder(self._listener.fileno(), False, BACKLOG)  # type: ignore[call-arg, assignment]


def load_application(parent: int) -> WsgiApplication:
    """Return the WSGI application, called in a worker process. The worker dies with its parent, a process id."""
    die_with_parent(parent)
    from egzaminator.wsgi import application  # noqa: PLC0415 -- importing builds the site, which is the worker's task

    # A cursor of the database server lives in one of its processes. Behind PgBouncer in transaction mode each statement
    # may reach another. Jobs that read many rows by one run in the mail worker, which goes past the pooler.
    connections.settings["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    return application


def run_web_server(*, listener: socket.socket, workers: int) -> None:
    """Serve the site on a listening socket until SIGTERM or SIGINT, with so many processes.

    Requests that are under way by then are finished. There is no access log, because URLs contain the tokens of
    one-time links. Raise `SystemExit` if a worker fails as soon as it starts.
    """
    multiprocessing.set_start_method("fork", force=True)  # Python 3.14 would not pass the socket on to the workers
    server = _Server(
        listener,
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


def run_group(group: Group, listener: socket.socket) -> None:
    """Serve one group in this process and its workers, as `run_web_server` does."""
    if group is Group.LOG_INS:
        os.nice(NICENESS)
    run_web_server(listener=listener, workers=group.workers)


def run_groups(listeners: Mapping[Group, socket.socket]) -> None:
    """Serve each group on its socket until SIGTERM or SIGINT: one in this process, several in processes of their own.

    Raise `SystemExit` if one of them ended by itself, which ends the others.
    """
    if len(listeners) == 1:
        ((group, listener),) = listeners.items()
        run_group(group, listener)
        return
    awaited = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    fork = multiprocessing.get_context("fork")
    groups = [fork.Process(target=_run_child, args=(os.getpid(), group, listeners)) for group in listeners]
    for process in groups:
        process.start()
    for listener in listeners.values():
        listener.close()
    received = signal.sigwait(awaited)
    for process in groups:
        process.terminate()
    for process in groups:
        process.join()
    if received == signal.SIGCHLD or any(process.exitcode for process in groups):
        raise SystemExit(1)


def _run_child(parent: int, own: Group, listeners: Mapping[Group, socket.socket]) -> None:
    die_with_parent(parent, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
    for group, listener in listeners.items():
        if group is not own:
            listener.close()
    run_group(own, listeners[own])
