"""Debian 13's PgBouncer, unpacked by tests/install-tools.sh, in transaction mode before the tests' server.

It runs on an older Debian too, by the C library that was unpacked beside it.
"""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.db import connection

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "egzaminator-tests" / "pgbouncer"
_PATIENCE: Final = 20


def can_run_pgbouncer() -> bool:
    """Return whether the program is there and runs on this machine."""
    return (
        CACHE.exists() and subprocess.run([*_command(), "--version"], capture_output=True, check=False).returncode == 0
    )


@contextlib.contextmanager
def pgbouncer(folder: Path, *, connections: int) -> Generator[str]:
    """Run it with so many connections to the tests' database, and give the URL of that database through it."""
    server = connection.settings_dict
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    target = {name: server[key] for name, key in _TARGET.items() if server[key]}
    is_local = server["HOST"].startswith("/")
    if is_local:  # whoever it runs as may enter the socket's folder, but none above it
        target["host"] = "/proc/self/cwd"
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        _CONFIGURATION.format(
            port=port, connections=connections, target=" ".join(f"{name}='{value}'" for name, value in target.items())
        )
    )
    command = [*_command(), *_user(server["HOST"]), "--quiet", str(configuration)]
    process = subprocess.Popen(command, cwd=server["HOST"] if is_local else None)
    try:
        _wait_for(port)
        yield f"postgresql://egzaminator@127.0.0.1:{port}/{quote(server['NAME'])}"
    finally:
        process.kill()
        process.wait(10)


def _command() -> list[str]:
    (libraries,) = (CACHE / "usr" / "lib").glob("*-linux-gnu")
    (loader,) = libraries.glob("ld-linux-*.so.*")
    return [str(loader), "--library-path", str(libraries), str(CACHE / "usr" / "sbin" / "pgbouncer")]


def _user(host: str) -> list[str]:
    """Return the switch that makes it whoever may enter the folder of the socket. As root it refuses to work."""
    if os.geteuid() != 0:
        return []
    return ["-u", Path(host).owner() if host.startswith("/") else "nobody"]


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "PgBouncer does not start"
            time.sleep(0.02)
        else:
            return


_TARGET: Final = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
# The settings that docs/scaling.md names, but for how clients prove who they are.
_CONFIGURATION: Final = """
[databases]
* = {target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 1000
max_prepared_statements = 200
"""
