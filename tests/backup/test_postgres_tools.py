import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from django.db import connection, connections

from egzaminator.backup.errors import BackupError
from egzaminator.backup.postgres_tools import find_program, run_program, server_version
from tests.backup.servers import PASSWORD, Server, server
from tests.faults.workers import wait_for

pytestmark = pytest.mark.slow


def fake(folder: Path, version: str) -> Path:
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "pg_dump (PostgreSQL) {version}"\n')
    program.chmod(0o755)
    return folder


def test_the_program_is_the_oldest_that_is_not_older_than_the_server(tmp_path: Path) -> None:
    folders = [fake(tmp_path / version, version) for version in ("15.18", "18.1", "17.2", "16.10")]
    assert find_program("pg_dump", version=15, folders=folders) == tmp_path / "15.18" / "pg_dump"
    assert find_program("pg_dump", version=16, folders=folders) == tmp_path / "16.10" / "pg_dump"
    with pytest.raises(
        BackupError, match=r"pg_dump of PostgreSQL 19 is missing\. On Debian: apt install postgresql-client-19"
    ):
        find_program("pg_dump", version=19, folders=folders)
    with pytest.raises(BackupError, match="pg_dump of PostgreSQL 15 is missing"):
        find_program("pg_dump", version=15, folders=[tmp_path / "nothing"])


def test_here_is_one_for_this_server(db: None) -> None:
    assert find_program("pg_dump", version=server_version()).name == "pg_dump"


def test_a_failure_is_told_in_the_programs_own_words(transactional_db: None) -> None:
    with (
        pytest.raises(BackupError, match="pg_dump failed: no matching tables were found"),
        run_program("pg_dump", "--table=nothing", version=server_version()),
    ):
        pass


@pytest.fixture
def guarded(transactional_db: None) -> Iterator[Server]:
    """A server that asks for a password, and Django's connection to it."""
    own = dict(connection.settings_dict)
    with tempfile.TemporaryDirectory(prefix="egzaminator-server-") as folder, server(Path(folder)) as made:
        connections.close_all()
        connection.settings_dict.update(dj_database_url.parse(made.url()) | {"NAME": "postgres"})
        try:
            yield made
        finally:
            connections.close_all()
            connection.settings_dict.clear()
            connection.settings_dict.update(own)


def test_the_password_is_neither_an_argument_nor_in_the_environment_nor_on_the_disk(guarded: Server) -> None:
    with psycopg.connect(guarded.url()) as other:
        other.execute("CREATE TABLE waits (id int)")
        other.commit()
        other.execute("LOCK TABLE waits IN ACCESS EXCLUSIVE MODE")
        with run_program("pg_dump", version=server_version(), stdout=subprocess.PIPE) as dumping:
            process = Path(f"/proc/{dumping.pid}")
            wait_for(lambda: bool((process / "cmdline").read_bytes()))  # empty while the kernel starts it
            told = [(process / name).read_bytes() for name in ("cmdline", "environ")]
            assert all(PASSWORD.encode() not in text for text in told)
            assert b"\0--dbname=service=egzaminator\0" in told[0]
            assert b"SECRET_KEY" not in told[1]
            assert b"ENCRYPTION_KEYS" not in told[1]
            other.rollback()
            assert dumping.stdout is not None
            assert b"CREATE TABLE public.waits" in dumping.stdout.read()
