"""What docs/production.md says of PostgreSQL's write-ahead log, tried: a server comes back as it was at a moment."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.backup.servers import Server, server
from tests.faults.workers import wait_for

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[2]


def owned(server: Server, folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    shutil.chown(folder, server.user.uid, server.user.gid)
    return folder


def test_a_mistake_is_undone_to_the_moment_before_it() -> None:
    manual = (ROOT / "docs" / "production.md").read_text()
    (archive_command,) = [
        line.partition("archive_command = ")[2].rstrip('"')
        for line in manual.splitlines()
        if "archive_command =" in line
    ]
    with tempfile.TemporaryDirectory(prefix="egzaminator-wal-") as name, server(Path(name)) as first:
        logs, base = owned(first, Path(name) / "wal"), Path(name) / "base"
        with psycopg.connect(first.url(), autocommit=True) as board:
            board.execute("ALTER SYSTEM SET archive_mode = on")
            board.execute("ALTER SYSTEM SET archive_timeout = '5min'")
            board.execute(
                f"ALTER SYSTEM SET archive_command = {archive_command.replace('/srv/wal', str(logs))}".encode()
            )
        first.stop()
        first.start()
        first.program(
            "pg_basebackup", "-h", "127.0.0.1", "-p", str(first.port), "-U", "owner", f"--pgdata={base}",
            *("--checkpoint=fast", "--wal-method=stream"),
        )  # fmt: skip
        with psycopg.connect(first.url(), autocommit=True) as board:
            board.execute("CREATE TABLE people AS SELECT generate_series(1, 3) AS id")
            (moment,) = board.execute("SELECT now()::text").fetchone() or ("",)
            board.execute("DELETE FROM people")
            (last,) = board.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone() or ("",)
            board.execute("SELECT pg_switch_wal()")
        wait_for((logs / str(last)).exists)
        with (base / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = 'cp {logs}/%f %p'\n")
            settings.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
        (base / "recovery.signal").touch()
        second = replace(first, folder=owned(first, Path(name) / "second"))
        base.rename(second.data)
        first.stop()
        second.start()
        try:
            with psycopg.connect(second.url()) as board:
                assert board.execute("SELECT count(*) FROM people").fetchone() == (3,)
        finally:
            second.stop()
            first.start()
