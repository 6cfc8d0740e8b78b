"""The probes of the database server."""

from typing import Final

from django.db import OperationalError, connection
from psycopg.errors import DiskFull

from egzaminator.core.probes import Cost, Finding, Level, probe
from egzaminator.runtime.schema import missing_migrations

# A query of the queue of jobs is among them: a database without it serves no form.
_STATE: Final = """
SELECT current_setting('server_version'),
    pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int,
    EXISTS (SELECT FROM procrastinate_jobs)
"""
_MANY: Final = 0.9  # of the connections that the server allows


@probe(
    "database",
    is_essential=True,
    figures={
        "database_connections": "Connections to the database server, of all programs.",
        "database_connections_max": "How many connections the database server allows.",
    },
)
def check_database() -> Finding:
    """Find out whether the database answers, takes writes, and has connections left."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        version, is_read_only, used, most, _has_jobs = cursor.fetchone()
    figures = {"database_connections": used, "database_connections_max": most}
    if is_read_only:
        return Finding(
            f"PostgreSQL {version} takes no writes: it is a replica, or read only.",
            Level.CRITICAL,
            "Point DATABASE_URL to the server that takes writes.",
            figures,
        )
    words = f"PostgreSQL {version} answers; {used} of {most} connections are in use."
    if used >= most * _MANY:
        cure = "Raise max_connections, or see which program holds so many (docs/production.md, Connections)."
        return Finding(words, Level.WARNING, cure, figures)
    return Finding(words, figures=figures)


@probe("migrations", is_essential=True)
def check_migrations() -> Finding:
    """Find out whether the database is as old as the program."""
    missing = missing_migrations()
    if missing:
        words = f"The database is older than the program: {', '.join(missing[:3])}{'…' if len(missing) > 3 else ''}."  # noqa: PLR2004 -- enough to recognise the release by
        return Finding(words, Level.CRITICAL, "Run `egzaminator migrate`.")
    return Finding("The database has all migrations.")


# A sort that does not fit into this memory goes to a temporary file, which stands on the disk of the database and needs
# neither a table nor the write-ahead log.
_SPILL: Final = """
SELECT count(*)
FROM (SELECT repeat(md5(n::text), 32) AS text FROM generate_series(1, 16384) AS n ORDER BY 1 OFFSET 0) AS sorted
"""


@probe("database-disk", cost=Cost.SLOW, figures={"database_size_bytes": "Size of the database."})
def check_database_disk() -> Finding:
    """Find out whether the database server can still write, by a temporary file of some 16 MB.

    The server may be another machine, and no role but a superuser is told about its disk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
        try:
            cursor.execute(_SPILL)
        except OperationalError as error:
            if not isinstance(error.__cause__, DiskFull):
                raise
            return Finding(
                "The disk of the database is full: nothing can be written.",
                Level.CRITICAL,
                "Make room on PostgreSQL's disk. Never delete files in its data folder by hand.",
            )
    return Finding(f"The database can write; it is {size / 1024**2:.0f} MB.", figures={"database_size_bytes": size})


_LOGGED: Final = """
SELECT current_setting('log_error_verbosity') = 'terse',
    (current_setting('log_statement') NOT IN ('mod', 'all') AND current_setting('log_min_duration_statement') = '-1')
    OR current_setting('log_parameter_max_length') = '0'
"""


@probe("database-log", cost=Cost.SLOW)
def check_database_log() -> Finding:
    """Find out whether PostgreSQL's log keeps the values of rows out, such as e-mail addresses."""
    with connection.cursor() as cursor:
        cursor.execute(_LOGGED)
        is_terse, hides_parameters = cursor.fetchone()
    if is_terse and hides_parameters:
        return Finding("The database's log holds no values of rows.")
    name, value = ("log_parameter_max_length", "0") if is_terse else ("log_error_verbosity", "terse")
    return Finding(
        "The database's log may hold values of rows, such as e-mail addresses.",
        Level.WARNING,
        f"As PostgreSQL's superuser: ALTER ROLE egzaminator SET {name} = {value}; then restart the services.",
    )
