import os
import signal
from pathlib import Path

import pytest

from egzaminator.runtime.postgres.layout import Layout
from tests.runtime.postgres.conftest import Clients, server_is_gone, until

pytestmark = pytest.mark.fault


def status_of(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition(f"{name}:")[2].split()[0]


def parent_of(pid: int) -> int:
    return int(status_of(pid, "PPid"))


def lives(pid: int) -> bool:
    try:
        return status_of(pid, "State") != "Z"  # a zombie that its new parent has not reaped yet
    except FileNotFoundError:
        return False


def test_the_first_start_makes_the_database_and_the_owner_takes_the_server_along(
    tmp_path: Path, clients: Clients
) -> None:
    data_dir = tmp_path / "not" / "there yet"
    client = clients(data_dir)
    pid = client.do("server")
    assert parent_of(pid) == client.process.pid
    client.leave()  # which has printed nothing
    assert server_is_gone(Layout(data_dir))
    assert {path.name for path in data_dir.iterdir()} == {"postgres", "postgres.lock", "postgres.log"}
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_two_processes_share_one_server(data_dir: Path, clients: Clients) -> None:
    first, second = clients(data_dir), clients(data_dir)
    pid = first.do("server")
    assert second.do("server") == pid
    second.leave()
    assert first.do("server") == pid


def test_of_racing_processes_one_becomes_the_owner(tmp_path: Path, clients: Clients) -> None:
    racers = [clients(tmp_path) for _ in range(4)]
    for racer in racers:
        racer.begin("server")
    pids = {racer.answer() for racer in racers}
    assert len(pids) == 1
    assert parent_of(pids.pop()) in {racer.process.pid for racer in racers}


def test_when_the_owner_leaves_first_the_next_connection_owns(data_dir: Path, clients: Clients) -> None:
    first, second = clients(data_dir), clients(data_dir)
    old = first.do("server")
    assert second.do("server") == old
    first.leave()
    new = second.do("server")
    assert new != old
    assert parent_of(new) == second.process.pid
    assert second.do("execute", "SELECT note FROM notes") == [["kept"]]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_owner_leaves_no_server(
    data_dir: Path, layout: Layout, clients: Clients, number: signal.Signals
) -> None:
    first, second = clients(data_dir), clients(data_dir)
    old = first.do("server")
    assert second.do("server") == old
    first.kill(number)
    until(lambda: server_is_gone(layout))
    until(lambda: not lives(old))
    assert "database system is shut down" in layout.log.read_text(encoding="utf-8").splitlines()[-1]
    assert second.do("server") != old
    assert second.do("execute", "SELECT note FROM notes") == [["kept"]]


def test_a_killed_server_is_started_again(data_dir: Path, layout: Layout, clients: Clients) -> None:
    client = clients(data_dir)
    old = client.do("server")
    client.do("execute", "CREATE TABLE crashed AS SELECT 'recovered' AS note")
    os.kill(old, signal.SIGKILL)
    new = client.do("server")
    assert parent_of(new) == client.process.pid
    assert client.do("execute", "SELECT note FROM notes UNION ALL SELECT note FROM crashed") == [
        ["kept"],
        ["recovered"],
    ]
    client.do("execute", "DROP TABLE crashed")
    assert "automatic recovery in progress" in layout.log.read_text(encoding="utf-8")


def test_no_second_server_starts_while_an_orphaned_one_still_lives(
    data_dir: Path, layout: Layout, clients: Clients
) -> None:
    first, second = clients(data_dir), clients(data_dir)
    old = first.do("server")
    os.kill(old, signal.SIGSTOP)
    try:
        first.kill()
        second.begin("server")
        assert not second.has_answered(within=1)
        assert not server_is_gone(layout)
    finally:
        os.kill(old, signal.SIGCONT)
    assert parent_of(second.answer()) == second.process.pid


def test_the_server_outlives_the_thread_that_first_connected(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir)
    pid = client.do("in_thread")
    assert client.do("server") == pid


def test_a_fork_that_ends_does_not_take_the_server_along(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir)
    pid = client.do("server")
    assert client.do("in_fork") == 0
    assert client.do("server") == pid


def test_ctrl_c_reaches_the_owner_alone(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir)
    pid = client.do("server")
    os.killpg(client.process.pid, signal.SIGINT)
    assert client.answer() == pid
    client.leave()


def test_hold_owns_from_the_start_and_changes_nothing_when_repeated(
    data_dir: Path, layout: Layout, clients: Clients
) -> None:
    client = clients(data_dir)
    client.do("hold")
    assert not server_is_gone(layout)
    pid = client.do("server")
    client.do("hold")
    assert client.do("server") == pid
