"""The server in folders of every kind, as root and as an ordinary user."""

import os
import signal
import stat
from pathlib import Path

import pytest

from egzaminator.runtime.postgres.layout import SOCKET_NAME, layout_of
from tests.runtime.postgres.conftest import Clients, server_is_gone, until

pytestmark = pytest.mark.fault

NAMES = [
    pytest.param("Moje dane 'x' \"y\" $HOME ąę", id="spaces-and-quotes"),
    pytest.param(f"{'długa, ' * 9}/{'ścieżka' * 9}/var", id="long"),
]


def use_and_leave(clients: Clients, data_dir: Path, prefix: tuple[str, ...] = ()) -> None:
    first = clients(data_dir, prefix=prefix)
    first.do("execute", "CREATE TABLE notes AS SELECT 'kept' AS note")
    first.leave()
    second = clients(data_dir, prefix=prefix)
    assert second.do("execute", "SELECT note FROM notes") == [["kept"]]
    second.leave()
    assert server_is_gone(layout_of(data_dir))


@pytest.mark.usefixtures("needs_root")
@pytest.mark.parametrize("name", NAMES)
def test_root_may_use_any_folder(tmp_path: Path, clients: Clients, name: str) -> None:
    use_and_leave(clients, tmp_path / name)


@pytest.mark.parametrize("name", NAMES)
def test_an_ordinary_user_may_use_any_folder(
    open_folder: Path, clients: Clients, as_ordinary_user: tuple[str, ...], name: str
) -> None:
    use_and_leave(clients, open_folder / name, as_ordinary_user)


def test_the_longest_path_that_a_socket_can_have(open_folder: Path, clients: Clients) -> None:
    data_dir = open_folder / ("d" * (107 - len(f"{open_folder}//postgres/{SOCKET_NAME}")))
    layout = layout_of(data_dir)
    assert layout.socket_folder == layout.data
    assert len(str(layout.data / SOCKET_NAME)) == 107
    assert clients(data_dir).do("execute", "SELECT 1") == [[1]]


@pytest.mark.usefixtures("needs_root")
def test_roots_server_runs_as_somebody_else_in_a_folder_that_is_roots_alone(tmp_path: Path, clients: Clients) -> None:
    data_dir = tmp_path / "closed" / "var"
    data_dir.parent.mkdir(mode=0o700)
    client = clients(data_dir, prefix=("sh", "-c", 'umask 077; exec "$@"', "sh"))
    pid = client.do("server")
    user = Path(f"/proc/{pid}").stat().st_uid
    assert user != 0
    assert (data_dir / "postgres").stat().st_uid == user
    os.kill(pid, signal.SIGKILL)
    client.do("server")
    # While PostgreSQL runs, it uses its folder under the same short name.
    client.do("execute", "CREATE TABLE churn AS SELECT generate_series(1, 1000) AS n")
    client.do("execute", "ALTER SYSTEM SET autovacuum_naptime = 1")
    client.do("execute", "SELECT pg_reload_conf()")
    client.do("execute", "DELETE FROM churn")
    vacuumed = "SELECT 1 FROM pg_stat_user_tables WHERE relname = 'churn' AND last_autovacuum IS NOT NULL"
    until(lambda: client.do("execute", vacuumed))
    assert stat.S_IMODE(data_dir.parent.stat().st_mode) == 0o700


def test_root_and_the_folders_owner_take_turns(
    open_folder: Path, clients: Clients, as_ordinary_user: tuple[str, ...]
) -> None:
    data_dir = open_folder / "var"
    owner = clients(data_dir, prefix=as_ordinary_user)
    pid = owner.do("server")
    root = clients(data_dir)
    assert root.do("server") == pid
    owner.leave()
    pid = root.do("server")
    assert Path(f"/proc/{pid}").stat().st_uid == (data_dir / "postgres").stat().st_uid
    root.leave()
    clients(data_dir, prefix=as_ordinary_user).do("server")


def test_a_user_who_does_not_own_the_folder_is_told_so(
    open_folder: Path, clients: Clients, as_ordinary_user: tuple[str, ...]
) -> None:
    if not as_ordinary_user:
        pytest.skip("only root can be somebody else")
    data_dir = open_folder / "var"
    data_dir.mkdir()
    (data_dir / "postgres.lock").touch(mode=0o600)
    words = clients(data_dir, prefix=as_ordinary_user).fail("server")
    assert words == (
        f"The database cannot be started in {data_dir}: {data_dir}/postgres.lock: Permission denied. "
        "Repair the folder's permissions, choose another one with DATA_DIR, or set DATABASE_URL."
    )


def test_postgresqls_own_variables_do_not_interfere(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir, PGPORT="1", PGDATA="/nowhere", PGHOST="nobody.invalid", PGUSER="x", PGDATABASE="y")
    assert client.do("execute", "SELECT note FROM notes") == [["kept"]]


def test_nothing_listens_to_the_network(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir)
    assert client.do("show", "listen_addresses") == ""
    assert client.do("show", "unix_socket_permissions") == "0700"
    assert client.do("show", "fsync") == "on"
    encoding = (
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = 'egzaminator'"
    )
    assert client.do("execute", encoding) == [["UTF8", "C", "C"]]
    rules = client.do("execute", "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules ORDER BY 1, 2")
    assert rules == [["host", "reject"], ["local", "trust"]]
    assert stat.S_IMODE(layout_of(data_dir).socket_folder.stat().st_mode) == 0o700


def test_the_log_has_no_data_in_it(data_dir: Path, clients: Clients) -> None:
    client = clients(data_dir)
    client.do("execute", "CREATE TABLE secrets AS SELECT 'tajne' AS secret")
    client.do("execute", "CREATE UNIQUE INDEX one ON secrets (secret)")
    for statement in ("INSERT INTO secrets VALUES ('tajne')", "SELECT 'osobowe'::int", "SELECT personal"):
        with pytest.raises(AssertionError, match=r"IntegrityError|DataError|ProgrammingError"):
            client.do("execute", statement)
    client.do("execute", "DROP TABLE secrets")
    client.leave()
    log = layout_of(data_dir).log.read_text(encoding="utf-8")
    assert [word for word in ("tajne", "osobowe", "personal", "STATEMENT") if word in log] == []


def test_a_long_log_is_put_aside(data_dir: Path, clients: Clients) -> None:
    log = layout_of(data_dir).log
    old = log.read_bytes() + b"x" * 2**20
    log.write_bytes(old)
    clients(data_dir).do("server")
    put_aside = data_dir / "postgres.log.1"
    assert put_aside.read_bytes() == old
    put_aside.unlink()
    assert "ready to accept connections" in log.read_text(encoding="utf-8")
