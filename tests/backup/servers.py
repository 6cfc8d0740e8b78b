"""A PostgreSQL server of a test's own, which asks for a password and writes its log ahead where the test wants it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from egzaminator.runtime.postgres.binaries import find_binaries
from egzaminator.runtime.postgres.users import User, user_of_server

PASSWORD = "x' y=z #%\\"


@dataclass(frozen=True, slots=True)
class Server:
    """A server in a folder, with programs that its user can run."""

    folder: Path
    port: int
    user: User

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://owner:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def program(self, name: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user."""
        self._run(str(find_binaries(self.user) / name), *arguments)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.program("pg_ctl", "start", "-w", "-D", str(self.data), "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        self.program("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def _run(self, *command: str) -> None:
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_user = {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}
        subprocess.run(
            command,
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "PGPASSWORD": PASSWORD},
            **as_user,
        )


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run a server until the end of the block. The folder is not below pytest's, which are their maker's alone."""
    made = Server(folder, _free_port(), user_of_server(folder / "data"))
    if os.geteuid() == 0:
        os.chown(folder, made.user.uid, made.user.gid)
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    made.program(
        "initdb", "-D", str(made.data), "-U", "owner", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"
    )
    secret.unlink()
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
