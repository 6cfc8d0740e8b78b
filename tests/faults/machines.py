"""Machines of one site, each with a folder and processes of its own, on the tests' database; and visitors of them."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.faults.workers import Worker, wait_for
from tests.helpers.database_url import database_url

_START = 120  # seconds


@dataclass(slots=True)
class Machine:
    """A machine with the site's keys, whose processes find the database and the mail server at the given URLs."""

    folder: Path
    environment: dict[str, str]
    port: int = 0
    processes: dict[str, Worker] = field(default_factory=dict)

    def start(self, command: str, **environment: str) -> Worker:
        """Start `serve` or `worker`."""
        process = subprocess.Popen(
            [sys.executable, str(settings.ROOT_DIR / "manage.py"), command, "--insecure-test-machine"],
            env=self.environment | environment,
            start_new_session=True,
        )
        self.processes[command] = process
        return process

    def serve(self, **environment: str) -> None:
        """Start the web server, and return when it answers."""
        self.port = free_port()
        process = self.start("serve", BIND=f"127.0.0.1:{self.port}", **environment)

        def answers() -> bool:
            assert process.poll() is None, "the web server has ended"
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", self.port)) == 0

        wait_for(answers, _START)

    def kill(self) -> None:
        """End everything that runs on it at once, as a power cut would."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def machines(folder: Path, count: int, *, mail_port: int) -> Iterator[list[Machine]]:
    """Set up machines. Whatever runs on them ends with the block."""
    made = []
    for number in range(count):
        own = folder / f"machine-{number}"
        own.mkdir()
        (own / "static").symlink_to(settings.STATIC_ROOT)
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(own),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "TRUSTED_PROXY_COUNT": "1",
        }
        made.append(Machine(own, environment))
    try:
        yield made
    finally:
        for machine in made:
            machine.kill()


@dataclass(frozen=True, slots=True)
class Page:
    """What a machine answered."""

    status: int
    location: str
    content: bytes


class Visitor:
    """A browser that a load balancer sends to one machine, then to another. It keeps cookies by the site's name."""

    def __init__(self, ip: str = "198.51.100.7") -> None:
        self.cookies: dict[str, str] = {}
        self._ip = ip

    def get(self, machine: Machine, path: str) -> Page:
        return self._ask(machine, "GET", path)

    def post(
        self, machine: Machine, path: str, fields: Mapping[str, str], file: tuple[str, bytes] | None = None
    ) -> Page:
        """Send a form, with a file (its field's name and content) if one is given."""
        if file is None:
            return self._ask(machine, "POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        name, content = file
        start = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'
        parts += [start.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
        return self._ask(machine, "POST", path, b"".join(parts), f"multipart/form-data; boundary={boundary}")

    def _ask(self, machine: Machine, method: str, path: str, body: bytes | None = None, kind: str = "") -> Page:
        headers = {"Host": "localhost:8000", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": self._ip}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if kind:
            headers["Content-Type"] = kind
        with closing(http.client.HTTPConnection("127.0.0.1", machine.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Page(response.status, response.headers.get("Location", ""), content)


def images_in(page: Page) -> set[str]:
    """Return the paths of the uploaded images that a page shows."""
    return set(re.findall(r'src="(/media/images/[^"]+)"', page.content.decode()))
