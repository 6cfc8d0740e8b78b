import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from egzaminator.core.probes import Level
from egzaminator.runtime.probes.database import (
    check_database,
    check_database_disk,
    check_database_log,
    check_migrations,
)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_database_that_answers_is_well() -> None:
    finding = check_database()
    assert finding.level is Level.OK
    assert finding.words.startswith("PostgreSQL 1")
    assert finding.figures["database_connections_max"] > finding.figures["database_connections"] >= 1


@pytest.mark.django_db
def test_a_database_that_takes_no_writes_is_told() -> None:
    execute("SET TRANSACTION READ ONLY")
    finding = check_database()
    assert (finding.level, finding.cure) == (
        Level.CRITICAL,
        "Point DATABASE_URL to the server that takes writes.",
    )


@pytest.mark.django_db
def test_migrations_that_are_missing_are_named() -> None:
    assert check_migrations().level is Level.OK
    execute("DELETE FROM django_migrations WHERE app = 'key_rotation'")
    finding = check_migrations()
    assert (finding.level, finding.words) == (
        Level.CRITICAL,
        "The database is older than the program: key_rotation.0001_initial.",
    )


@pytest.mark.django_db
def test_a_log_that_would_hold_values_of_rows_is_told_with_its_cure() -> None:
    execute("SET LOCAL log_error_verbosity = terse")
    assert check_database_log().level is Level.OK
    execute("SET LOCAL log_min_duration_statement = 500")
    finding = check_database_log()
    assert (finding.level, "SET log_parameter_max_length = 0;" in finding.cure) == (Level.WARNING, True)
    execute("SET LOCAL log_parameter_max_length = 0")
    assert check_database_log().level is Level.OK
    execute("SET LOCAL log_error_verbosity = verbose")
    finding = check_database_log()
    assert (finding.level, "SET log_error_verbosity = terse;" in finding.cure) == (Level.WARNING, True)


@pytest.mark.django_db
def test_a_disk_with_room_is_well() -> None:
    finding = check_database_disk()
    assert (finding.level, finding.figures["database_size_bytes"] > 1024**2) == (Level.OK, True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[None]:
    """Let PostgreSQL write its temporary files to a disk of four megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("only root may mount a small disk")
    try:
        for above in folder.parents:
            if above.stat().st_uid == os.geteuid() and str(above).startswith(str(tmp_path.parents[2])):
                above.chmod(above.stat().st_mode | 0o011)
        space = folder / "space"
        space.mkdir()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            owner = Path(f"/proc/{cursor.fetchone()[0]}").stat()
        os.chown(space, owner.st_uid, owner.st_gid)
        execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        try:
            execute("SET temp_tablespaces = small")
            yield
        finally:
            execute("RESET temp_tablespaces")
            execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_of_the_database_is_told() -> None:
    with transaction.atomic():
        finding = check_database_disk()
        assert (finding.level, finding.words) == (
            Level.CRITICAL,
            "The disk of the database is full: nothing can be written.",
        )
        transaction.set_rollback(True)
