from pathlib import Path

import pytest

from egzaminator.runtime.postgres.layout import Layout
from tests.runtime.postgres.conftest import Clients, server_is_gone

pytestmark = pytest.mark.fault


def test_procrastinate_connects_by_itself_and_finds_a_server(data_dir: Path, clients: Clients) -> None:
    assert clients(data_dir).do("procrastinate") == 42


def test_the_shell_finds_a_server(tmp_path: Path, data_dir: Path, layout: Layout, clients: Clients) -> None:
    (tmp_path / "psql").symlink_to("/bin/true")
    client = clients(data_dir, PATH=f"{tmp_path}:/usr/bin:/bin")
    client.do("dbshell")
    assert not server_is_gone(layout)


def test_what_the_server_itself_refuses_is_its_own_error(data_dir: Path, clients: Clients) -> None:
    with pytest.raises(AssertionError, match=r"^OperationalError: .* database \"missing\" does not exist"):
        clients(data_dir).do("missing_database")
