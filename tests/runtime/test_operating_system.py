import errno
import os
import select
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from egzaminator.runtime.operating_system import die_with_parent, listening_error, sync_file_system

# Starts a child that dies with it, prints the child's pid, and waits to be killed.
PARENT = """
import os, subprocess, sys
from functools import partial
from egzaminator.runtime.operating_system import die_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=partial(die_with_parent, os.getpid()))
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_ends_with_its_killed_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env={"PYTHONPATH": "src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

        # The file descriptor of a process is readable once the process has ended.
        assert select.select([child], [], [], 10) == ([child], [], [])
        os.close(child)


def test_a_child_whose_parent_is_gone_already_ends_at_once() -> None:
    nobody = subprocess.Popen(["true"])
    nobody.wait()

    child = subprocess.Popen(
        ["sleep", "60"],
        preexec_fn=partial(die_with_parent, nobody.pid, signal.SIGTERM),  # noqa: PLW1509 -- what it is made for
    )

    assert child.wait(10) == -signal.SIGTERM


def test_a_folder_is_synced(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync_file_system(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_only_folders_are(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_file_system(tmp_path / "file")


def test_a_free_port_has_no_error_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert listening_error("127.0.0.1", port) is None
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_of_somebody_who_shares_it_counts_as_taken() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()

        error = listening_error("127.0.0.1", other.getsockname()[1])

    assert error is not None
    assert error.errno == errno.EADDRINUSE


def test_an_address_that_is_not_this_machines_is_an_error() -> None:
    error = listening_error("192.0.2.1", 8000)  # of TEST-NET-1 (RFC 5737)

    assert error is not None
    assert error.errno == errno.EADDRNOTAVAIL
