"""Databases of the tests' server, beside the tests' own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from psycopg.sql import SQL, Identifier


@contextmanager
def new_database(name: str) -> Iterator[None]:
    """Make an empty database, and drop it at the end."""
    drop(name)
    _execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield
    finally:
        drop(name)


def drop(name: str) -> None:
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def database_names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def connect(name: str) -> psycopg.Connection[tuple[object, ...]]:
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=name, autocommit=True
    )


def is_connected(program: str, name: str) -> bool:
    """Return whether a program is connected to a database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = %s AND datname = %s)", [program, name]
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def looking_at(name: str) -> Iterator[None]:
    """Let this process work on another database."""
    own = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = own


def content_of(name: str) -> dict[str, list[str]]:
    """Return all rows of all tables of a database, as texts in order."""
    with connect(name) as other:
        tables = [str(row[0]) for row in other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            table: sorted(
                str(row[0]) for row in other.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table)))
            )
            for table in tables
        }


def schema_of(name: str) -> list[str]:
    """Return what a database is made of, as texts in order.

    Conditions are left out: PostgreSQL writes one that it has read again in other words.
    """
    with connect(name) as other:
        return sorted(str(row[0]) for row in other.execute(_SCHEMA))


_ROWS = SQL("SELECT t::text FROM {} t")
_SCHEMA = """
SELECT 'column ' || concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
    attidentity, attcollation)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v')
UNION ALL SELECT 'index ' || concat_ws(' ', indexrelid::regclass, indrelid::regclass, indisunique, indnatts)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'constraint ' || concat_ws(' ', conrelid::regclass, conname, contype, condeferrable)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger ' || regexp_replace(pg_get_triggerdef(oid), ' WHEN .* EXECUTE', '') || tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence ' || concat_ws(' ', sequencename, last_value) FROM pg_sequences
"""


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
