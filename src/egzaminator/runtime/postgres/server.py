"""Ownership of the embedded server: the process that starts it owns it until it ends; all others connect to it."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from psycopg.pq import Ping

from egzaminator.runtime.postgres import data_folder, lock, sockets
from egzaminator.runtime.postgres.binaries import find_binaries
from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import PORT, Layout, layout_of
from egzaminator.runtime.postgres.programs import HERE, Programs
from egzaminator.runtime.postgres.users import User, user_of_server

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


# Seconds to wait for the first start, for another process's server, or for the recovery after a power cut.
_DEADLINE: Final = 120
_PAUSE: Final = 0.02
_LOG_BYTES: Final = 1024 * 1024
_OPTIONS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # A failed statement is handled by the program that sent it, and its text may contain personal data. So the log
    # holds only the server's own events.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "recovery_init_sync_method": "syncfs",  # as in operating_system.py
}


class _Ownership:
    """The servers that this process has started, and the lock under which it starts one.

    It is apart from `core.process_state`: a reset that forgot a running server would leave nobody to stop it.
    """

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.keepers: dict[Layout, Keeper] = {}

    def stop_all(self) -> None:
        for keeper in self.keepers.values():
            keeper.stop()

    def give_up(self) -> None:
        """Give up ownership in a forked child: the server belongs to the parent."""
        self.guard = threading.Lock()  # a thread of the parent may have held it at the fork
        self.keepers.clear()
        lock.close_after_fork()


_ownership = _Ownership()
atexit.register(_ownership.stop_all)
os.register_at_fork(after_in_child=_ownership.give_up)


def hold(data_dir: Path) -> None:
    """Return when the server of a data folder answers. If none is running, start one, which this process then owns.

    An owner's server ends with the owner, however the owner ends. The call is idempotent while the server answers.
    Raise `EmbeddedServerError` if the server cannot be started.
    """
    if sys.platform != "linux":
        raise EmbeddedServerError("The embedded PostgreSQL runs on Linux only. Set DATABASE_URL.")
    layout = layout_of(data_dir)
    with _ownership.guard:
        try:
            _have_answer(layout, user_of_server(layout.data))
        except OSError as error:
            raise EmbeddedServerError(
                f"The database cannot be started in {layout.root}: {error.filename or 'PostgreSQL'}: {error.strerror}. "
                "Repair the folder's permissions, choose another one with DATA_DIR, or set DATABASE_URL."
            ) from error
        except subprocess.CalledProcessError as error:
            raise EmbeddedServerError(f"The database cannot be made; {layout.log} says why.") from error


def is_running(data_dir: Path) -> bool:
    """Return whether a server of a data folder is alive or starting, without a ping.

    Raise `EmbeddedServerError` if the socket's folder is not private to the server's user.
    """
    layout = layout_of(data_dir)
    sockets.require_trusted_folder(layout, user_of_server(layout.data))
    return lock.is_taken(layout.lock)


def _have_answer(layout: Layout, user: User) -> None:
    deadline = time.monotonic() + _DEADLINE
    keeper = None
    while True:
        sockets.require_trusted_folder(layout, user)
        answer = sockets.ask(layout)
        if answer is Ping.OK:
            return
        if keeper and not keeper.is_alive():
            raise EmbeddedServerError(f"The database does not start; {layout.log} says why.")
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"The database does not answer after {_DEADLINE} seconds; see {layout.log}.")
        if answer is not Ping.REJECT and keeper is None:
            keeper = _own(layout, user)
        time.sleep(_PAUSE)


def _own(layout: Layout, user: User) -> Keeper | None:
    """Start the server unless one is alive. Return the thread that runs it, or None if one is already alive."""
    layout.root.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        held = stack.enter_context(lock.taken(layout.lock, user))
        if held is None:
            return None
        log = _open_log(layout.log, user)
        stack.callback(os.close, log)
        programs = Programs(find_binaries(user), user, lock=held, log=log)
        if not data_folder.is_initialised(layout.data, user):
            data_folder.initialise(layout, programs)
        data_folder.clear_stale(layout)
        sockets.make_folder(layout, user)
        keeper = Keeper(partial(_start, layout, programs))
        keeper.start()
        keeper.wait_until_started()
        _ownership.keepers[layout] = keeper
        return keeper


def _start(layout: Layout, programs: Programs) -> subprocess.Popen[bytes]:
    # With relative names, the data folder may be in a place that the server's user cannot reach, and its path may be of
    # any length.
    socket_folder = "." if layout.socket_folder == layout.data else str(layout.socket_folder)
    options = {**_OPTIONS, "unix_socket_directories": socket_folder}
    settings = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    # If the owner is killed, SIGINT makes PostgreSQL end its sessions and shut down cleanly.
    arguments = ("-D", HERE, "-p", str(PORT), *settings)
    return programs.start("postgres", *arguments, cwd=layout.data, death_signal=signal.SIGINT)


def _open_log(path: Path, user: User) -> int:
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        os.fchown(file, user.uid, user.gid)
    return file
