"""The database on this machine, its role, and what the role may do."""

import os
from pathlib import Path
from typing import Final

from egzaminator.deployment.commands import run
from egzaminator.deployment.machine import write_file

LOCAL_URL: Final = "postgresql:///egzaminator?host=/run/postgresql"
# A web process for each core, one for log-ins for each two, 32 connections each; then workers, commands and people.
_PER_CORE: Final = 48
_OTHERS: Final = 40
_HAS_SETTING: Final = """
SELECT 1 FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
WHERE rolname = 'egzaminator' AND setconfig @> """
# What has to be so: its name, the query that finds it, the statement that makes it so. PostgreSQL quotes the values of
# rows that break a constraint, and its log is no place for addresses. The drill makes a database of its own.
_WANTED: Final = [
    (
        "role egzaminator",
        "SELECT 1 FROM pg_roles WHERE rolname = 'egzaminator'",
        "CREATE ROLE egzaminator LOGIN",
    ),
    (
        "CREATEDB, for the drill",
        "SELECT 1 FROM pg_roles WHERE rolname = 'egzaminator' AND rolcreatedb",
        "ALTER ROLE egzaminator CREATEDB",
    ),
    (
        "log_error_verbosity",
        _HAS_SETTING + "'{log_error_verbosity=terse}'",
        "ALTER ROLE egzaminator SET log_error_verbosity = terse",
    ),
    (
        "log_parameter_max_length",
        _HAS_SETTING + "'{log_parameter_max_length=0}'",
        "ALTER ROLE egzaminator SET log_parameter_max_length = 0",
    ),
    (
        "database egzaminator",
        "SELECT 1 FROM pg_database WHERE datname = 'egzaminator'",
        "CREATE DATABASE egzaminator OWNER egzaminator ENCODING 'UTF8' TEMPLATE template0",
    ),
]
# Debian's unit leaves a server dead that the kernel killed for want of memory. One whose disk is full tries as long.
_RESTART_ALWAYS: Final = "[Unit]\nStartLimitIntervalSec=0\n\n[Service]\nRestart=on-failure\nRestartSec=2\n"
_RESTARTS: Final = Path("/etc/systemd/system/postgresql@.service.d/egzaminator.conf")
_CURE: Final = (
    "The database cannot be set up. Look whether PostgreSQL runs (`pg_lsclusters`, `journalctl -u postgresql@*`). When "
    "it does, start this again."
)


def make_database() -> list[str]:
    """Create the role and the database that are missing, and set what the role may do. Return what was changed."""
    changed = []
    for name, query, statement in _WANTED:
        if not _ask(query):
            _ask(statement)
            changed.append(name)
    _RESTARTS.parent.mkdir(exist_ok=True)
    if write_file(_RESTARTS, _RESTART_ALWAYS, mode=0o644):
        run("systemctl", "daemon-reload", otherwise="systemd did not read the units.")
        changed.append("a restart of PostgreSQL that was killed")
    cores = os.cpu_count() or 1
    needed = _PER_CORE * (cores + cores % 2) + _OTHERS
    if int(_ask("SHOW max_connections")) < needed:
        _ask(f"ALTER SYSTEM SET max_connections = {needed}")
        run("systemctl", "restart", "postgresql", otherwise=_CURE)
        changed.append(f"max_connections = {needed}")
    return changed


def _ask(query: str) -> str:
    psql = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname=postgres", f"--command={query}"]
    return run("runuser", "-u", "postgres", "--", *psql, otherwise=_CURE).strip()
