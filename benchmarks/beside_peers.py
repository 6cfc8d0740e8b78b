"""What a log-in costs, compared with one of a minimal site made with django-allauth.

Prints `log-in, beside django-allauth: RATIO`: the CPU time of the other site's web processes for a log-in, divided by
that of ours, both from the request to the redirect, the database not counted. The other site neither limits attempts
nor records them, and knows no devices. It hashes with the same parameters, on the same database server, behind the same
web server.
"""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.load.web_server import Running, web_server
from benchmarks.login import PASSWORD, cpu_seconds, log_in, make_accounts
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size
from benchmarks.peers.allauth_site import email_of

ROUNDS = size(7, smoke=1)
LOGINS = size(40, smoke=2)
_PATIENCE = 120  # seconds


def main() -> None:
    """Log in to both sites in turn, and report the median of the ratios of the rounds."""
    with reporting() as report, own_database("peers"):
        from django.db import connection  # noqa: PLC0415 -- needs Django set up

        names = make_accounts((ROUNDS + 1) * LOGINS)
        with allauth_site(len(names)) as peer:
            connection.close()
            with web_server(workers=1) as ours:
                report.at_least(1.0, "log-in, beside django-allauth", measure(names, ours, peer))


class Peer(NamedTuple):
    """Another site: its port, and the pid of its processes' parent."""

    port: int
    pid: int


@contextmanager
def allauth_site(users: int) -> Iterator[Peer]:
    """Serve the other site during the block, on a database of its own."""
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    name = f"benchmark_allauth_{os.getpid()}"
    own = connection.settings_dict
    settings = {key: own[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    # Where the query of DATABASE_URL says it.
    server = {key: value for key, value in own["OPTIONS"].items() if key in {"user", "password", "host", "port"}}
    settings |= {"ENGINE": "django.db.backends.postgresql", "NAME": name, "OPTIONS": server}
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    site = subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", "benchmarks.peers.allauth_site", str(port), str(users), PASSWORD],
        env=os.environ | {"PEER_DATABASE": json.dumps(settings)},
    )
    try:
        _wait_for(port)
        yield Peer(port, site.pid)
    finally:
        site.terminate()
        site.wait()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(names: list[str], ours: Running, peer: Peer) -> float:
    """Log in everybody to both sites, LOGINS a round, and return the ratio. The first round is a warm-up."""
    token, cookie = _csrf(peer.port)
    ratios = []
    for start in range(0, len(names), LOGINS):
        before = cpu_seconds(ours.pid), cpu_seconds(peer.pid)
        for number, name in enumerate(names[start : start + LOGINS], start):
            log_in(ours.port, name, f"198.51.{number // 250}.{number % 250}")
            _log_in_to_peer(peer.port, number, token, cookie)
        spent = cpu_seconds(ours.pid) - before[0], cpu_seconds(peer.pid) - before[1]
        ratios.append(spent[1] / spent[0])
    return statistics.median(ratios[1:])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline, "the other site does not start"
            time.sleep(0.05)
        else:
            return


def _csrf(port: int) -> tuple[str, str]:
    """Return a token and its cookie: asked for once, so that the page with the form is not counted."""
    connection = http.client.HTTPConnection("localhost", port)
    connection.request("GET", "/accounts/login/")
    response = connection.getresponse()
    cookie = (response.headers["Set-Cookie"] or "").partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.read().decode())
    assert token is not None
    connection.close()
    return token[1], cookie


def _log_in_to_peer(port: int, number: int, token: str, cookie: str) -> None:
    connection = http.client.HTTPConnection("localhost", port)
    form = {"login": email_of(number), "password": PASSWORD, "csrfmiddlewaretoken": token}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/accounts/login/", urlencode(form), headers)
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (302, "/"), response.read()
    connection.close()


if __name__ == "__main__":
    main()
