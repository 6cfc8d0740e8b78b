"""What a kill or a power failure leaves behind neither blocks the next start nor harms other processes."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from egzaminator.runtime.postgres.binaries import find_binaries
from egzaminator.runtime.postgres.layout import SOCKET_NAME, Layout
from egzaminator.runtime.postgres.programs import HERE
from egzaminator.runtime.postgres.users import user_of_server
from tests.runtime.postgres.conftest import Clients, run_as, server_is_gone, until

pytestmark = pytest.mark.fault


def leave_behind(layout: Layout, pid: int) -> None:
    """Create the files that a server leaves at a power failure, with a pid in them."""
    user = user_of_server(layout.data)
    text = f"{pid}\n/proc/self/cwd\n1700000000\n5432\n.\n\n  1 1\nready   \n"
    for name in ("postmaster.pid", f"{SOCKET_NAME}.lock", SOCKET_NAME):
        file = layout.data / name
        file.write_text(text, encoding="ascii")
        os.chown(file, user.uid, user.gid)


def test_files_with_the_pid_of_an_unrelated_process(
    data_dir: Path, layout: Layout, clients: Clients, bystander: int
) -> None:
    leave_behind(layout, bystander)
    assert clients(data_dir).do("execute", "SELECT note FROM notes") == [["kept"]]


@pytest.mark.parametrize("text", ["", "garbage", "-1", "99999999999999"])
def test_a_garbled_pid_file(data_dir: Path, layout: Layout, clients: Clients, text: str) -> None:
    (layout.data / "postmaster.pid").write_text(text, encoding="ascii")
    assert clients(data_dir).do("execute", "SELECT note FROM notes") == [["kept"]]


def test_a_long_path_has_the_same_cure(tmp_path: Path, clients: Clients, bystander: int) -> None:
    data_dir = tmp_path / ("d" * 150)
    client = clients(data_dir)
    os.kill(client.do("server"), signal.SIGKILL)
    layout = Layout(data_dir)
    until(lambda: server_is_gone(layout))
    for file in (layout.data / "postmaster.pid", layout.socket_folder / f"{SOCKET_NAME}.lock"):
        first, _, rest = file.read_text(encoding="ascii").partition("\n")
        file.write_text(f"{bystander}\n{rest}", encoding="ascii")
        assert first.isdigit()
    client.do("server")
    assert client.do("execute", "SELECT 1") == [[1]]


def test_server_and_owner_killed_at_once(data_dir: Path, layout: Layout, clients: Clients) -> None:
    client = clients(data_dir)
    os.kill(client.do("server"), signal.SIGKILL)
    client.kill()
    assert (layout.data / "postmaster.pid").exists()
    assert clients(data_dir).do("execute", "SELECT note FROM notes") == [["kept"]]


def test_an_initdb_that_was_killed_half_way(tmp_path: Path, clients: Clients) -> None:
    layout = Layout(tmp_path / "var")
    killed = clients(layout.root)
    killed.begin("server")
    until((layout.unfinished / "base").exists)
    killed.kill()
    assert not layout.data.exists()
    client = clients(layout.root)
    assert client.do("execute", "SELECT 1") == [[1]]
    assert not layout.unfinished.exists()


def test_an_empty_folder_made_beforehand_is_filled(tmp_path: Path, clients: Clients) -> None:
    (tmp_path / "postgres").mkdir()
    assert clients(tmp_path).do("execute", "SELECT 1") == [[1]]


def test_a_server_started_by_other_means_is_left_alone(data_dir: Path, layout: Layout, clients: Clients) -> None:
    user = user_of_server(layout.data)
    program = str(find_binaries(user) / "postgres")
    arguments = ("-D", HERE, "-c", "listen_addresses=", "-c", "unix_socket_directories=base")
    with subprocess.Popen([program, *arguments], cwd=layout.data, stderr=subprocess.DEVNULL, **run_as(user)) as server:
        pid_file = layout.data / "postmaster.pid"
        until(lambda: pid_file.exists() and "ready" in pid_file.read_text(encoding="ascii"))
        words = clients(data_dir).fail("server")
        assert server.poll() is None
        server.send_signal(signal.SIGINT)
    assert words == (
        f"A PostgreSQL server that was started by other means (process {server.pid}) uses {layout.data}. Stop it first."
    )
    assert clients(data_dir).do("execute", "SELECT note FROM notes") == [["kept"]]
