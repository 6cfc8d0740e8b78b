"""The site as real processes, visitors who record every URL, and a trail of every value ever stored."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.db.backends.utils import CursorWrapper

from tests.helpers.html import fields_of, marks_of, words_of
from tests.helpers.receiver import Received, Receiver

_PATIENCE = 60
_LINK = re.compile(r"http://localhost:8000(/(?:en/)?[a-z]/([\w-]{22})/)")


@dataclass
class Page:
    status: int
    path: str
    content: bytes

    @property
    def words(self) -> str:
        return words_of(self)

    @property
    def fields(self) -> dict[str, str]:
        mark = marks_of(self).get("")
        return fields_of(self) | ({"whose": mark} if mark else {})


class Visitor:
    """A browser: keeps cookies, follows redirects, submits forms."""

    def __init__(self, port: int, urls: list[str]) -> None:
        self.cookies: dict[str, str] = {}
        self.cookies_seen: set[str] = set()
        self._port = port
        self._urls = urls

    def get(self, path: str) -> Page:
        return self._ask("GET", path)

    def send(self, path: str, **typed: str) -> Page:
        """Open a page, fill in its form and submit it."""
        return self.post(path, self.get(path).fields | typed)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        return self._ask("POST", path, urlencode(fields))

    def log_in(self, name: str, secret: str) -> Page:
        return self.send("/konto/logowanie/", name=name, secret=secret)

    def _ask(self, method: str, path: str, body: str | None = None) -> Page:
        self._urls.append(path)
        headers = {
            "Host": "localhost",
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            self.cookies_seen.add(value.strip('"'))
        connection.close()
        if response.status in {302, 303}:
            parts = urlsplit(response.headers["Location"])
            return self._ask("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        return Page(response.status, path, content)


@dataclass
class Site:
    """What journeys need. `secrets` holds, by kind, every value that must not be found in clear text."""

    port: int
    mailbox: Receiver
    secrets: dict[str, set[str]] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    kept: list[Received] = field(default_factory=list)

    def visitor(self) -> Visitor:
        self.visitors.append(Visitor(self.port, self.urls))
        return self.visitors[-1]

    def secret(self, kind: str, value: str) -> str:
        self.secrets.setdefault(kind, set()).add(value)
        return value

    def link(self, email: str, title: str) -> str:
        """Wait for an e-mail to `address` with `title` in its subject. Return the path of its last link."""
        wait_until(lambda: self._find(email, title) is not None)
        received = self._find(email, title)
        assert received is not None
        self.mailbox.received.remove(received)
        self.kept.append(received)
        paths = _LINK.findall(received.body("plain"))
        for _, token in paths:
            self.secret("token", token)
        return str(paths[-1][0])

    @property
    def mails(self) -> list[Received]:
        return [*self.kept, *self.mailbox.received]

    def _find(self, email: str, title: str) -> Received | None:
        return next(
            (one for one in self.mailbox.received if one.recipient == email and title in str(one.email["Subject"])),
            None,
        )


class Trail:
    """A context manager that records, by triggers, every value that any column takes."""

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE trail (place text, value text)")
            cursor.execute(
                "CREATE FUNCTION keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " INSERT INTO trail SELECT TG_TABLE_NAME || '.' || key, value FROM jsonb_each_text(to_jsonb(NEW))"
                " WHERE value IS NOT NULL; RETURN NULL; END $$"
            )
            for table in self._tables(cursor):
                cursor.execute(
                    f'CREATE TRIGGER keep_trail AFTER INSERT OR UPDATE ON "{table}"'
                    " FOR EACH ROW EXECUTE FUNCTION keep_trail()"
                )
        return self

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION keep_trail CASCADE; DROP TABLE trail")

    def values(self) -> list[tuple[str, str]]:
        """Return each distinct value with its place ("table.column")."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT place, value FROM trail")
            return [(place, value) for place, value in cursor.fetchall()]

    def dump(self) -> list[tuple[str, str]]:
        """Return the present content of each table, as a dump of the database has it."""
        tables = []
        with connection.cursor() as cursor:
            for table in self._tables(cursor):
                with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                    tables.append((table, b"".join(bytes(part) for part in copy).decode()))
        return tables

    @staticmethod
    def _tables(cursor: CursorWrapper) -> list[str]:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'trail'")
        return [name for (name,) in cursor.fetchall()]


class Processes:
    """A context manager that runs `serve` and `worker`, each with a log file of its output."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = os.environ | environment
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for command in ("serve", "worker"):
            with (self._folder / f"{command}.log").open("w") as log:
                self._running.append(
                    subprocess.Popen(
                        [sys.executable, "manage.py", command, "--insecure-test-machine"],
                        env=self._environment,
                        stdout=log,
                        stderr=log,
                    )
                )
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(_PATIENCE)

    @property
    def logs(self) -> list[tuple[str, str]]:
        return [(path.name, path.read_text()) for path in self._folder.glob("*.log")]


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)) as connection:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
    except OSError:
        return False
