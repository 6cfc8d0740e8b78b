"""`serve` on listening sockets that it is given, as systemd gives them, and in two groups of processes."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from benchmarks.load.open_loop import request_of, send_by_the_clock
from egzaminator.runtime.listeners import listen
from egzaminator.runtime.web_server import NICENESS
from tests.helpers.concurrency import is_somebody_waiting
from tests.helpers.database_url import database_url

SERVE = [str(Path(__file__).parents[2] / "manage.py"), "serve", "--insecure-test-machine"]
# Does what systemd does: the socket becomes number 3, and the variables say so and which process it is for.
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
PATIENCE = 60

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

Serve = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start `serve`, on a socket if there is one, with more variables. The output goes to the file `output`."""
    environment = os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    (tmp_path / "static").symlink_to(settings.STATIC_ROOT)
    with contextlib.ExitStack() as stack:
        output = stack.enter_context((tmp_path / "output").open("w"))

        def start(listener: socket.socket | None = None, **variables: str) -> subprocess.Popen[bytes]:
            passed = [] if listener is None else [listener.fileno()]
            process = subprocess.Popen(
                [sys.executable, *(["-c", AS_SYSTEMD, str(passed[0])] if passed else []), *SERVE],
                env=environment | variables,
                pass_fds=passed,
                stdout=output,
                stderr=output,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


def answer(port: int, path: str = "/healthz") -> int:
    """Return the status of an answer. Whoever listens at the port lets the request wait for a server."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
        client.request("GET", path, headers={"Host": "localhost", "Connection": "close"})
        return client.getresponse().status


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_answering(port: int) -> bool:
    try:
        return answer(port) == 200
    except ConnectionRefusedError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_restart_refuses_no_request_and_finishes_those_under_way(serve: Serve, tmp_path: Path) -> None:
    """Requests come by the clock, a page each, while one server stops and its successor starts on the same socket."""
    page = request_of("GET", "/konto/logowanie/?next=/konto/", {})
    with listen("127.0.0.1", 0) as listener, ThreadPoolExecutor() as threads:
        port = listener.getsockname()[1]
        first = serve(listener, LISTEN_FDNAMES="pages")
        assert answer(port) == 200
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE wagtailcore_page IN ACCESS EXCLUSIVE MODE")
            slow = threads.submit(answer, port, "/szukaj/?q=egzamin")
            wait_until(is_somebody_waiting)
            by_the_clock = threads.submit(send_by_the_clock, port=port, requests=[page] * 300, rate=50)
            first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE) == 0
        assert slow.result(PATIENCE) == 200
        waiting = threads.submit(answer, port)  # of nobody, until the next line
        second = serve(listener, LISTEN_FDNAMES="pages")
        assert waiting.result(PATIENCE) == 200
        assert {answer.status for answer in by_the_clock.result(2 * PATIENCE)} == {200}
        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE) == 0
    assert f"serves pages at 127.0.0.1:{port}." in (tmp_path / "output").read_text()


def test_a_socket_by_an_unknown_name_is_refused_in_words(serve: Serve, tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        assert serve(listener, LISTEN_FDNAMES="egzaminator-web.socket").wait(PATIENCE) == 1
    said = (tmp_path / "output").read_text()
    assert "systemd passed a socket named egzaminator-web.socket. FileDescriptorName= must be pages or log-ins." in said


def test_with_two_addresses_log_ins_have_processes_of_their_own_which_give_way(serve: Serve, tmp_path: Path) -> None:
    pages, log_ins = free_port(), free_port()
    addresses = {"BIND": f"127.0.0.1:{pages}", "BIND_LOGINS": f"127.0.0.1:{log_ins}"}
    server = serve(**addresses)
    wait_until(lambda: is_answering(pages))
    wait_until(lambda: is_answering(log_ins))
    own = os.getpriority(os.PRIO_PROCESS, server.pid)
    workers = {
        os.getpriority(os.PRIO_PROCESS, group) - own: [os.getpriority(os.PRIO_PROCESS, pid) - own for pid in pids]
        for group in children(server.pid)
        if (pids := children(group))
    }
    cores = os.cpu_count() or 1
    assert workers == {0: [0] * cores, NICENESS: [NICENESS] * ((cores + 1) // 2)}
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    assert f"serves pages at 127.0.0.1:{pages} and log-ins at 127.0.0.1:{log_ins}." in (tmp_path / "output").read_text()


@pytest.mark.parametrize("is_parent", [True, False], ids=["their parent", "a group"])
def test_nobody_is_left_when_one_is_killed(serve: Serve, is_parent: bool) -> None:  # noqa: FBT001 -- a parameter of pytest's
    pages, log_ins = free_port(), free_port()
    server = serve(BIND=f"127.0.0.1:{pages}", BIND_LOGINS=f"127.0.0.1:{log_ins}")
    wait_until(lambda: is_answering(pages) and is_answering(log_ins))
    groups = children(server.pid)
    everybody = [pid for group in groups for pid in [group, *children(group)]]
    os.kill(server.pid if is_parent else groups[1], signal.SIGKILL)
    assert server.wait(PATIENCE) == (-signal.SIGKILL if is_parent else 1)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody))
