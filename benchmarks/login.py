"""What a log-in costs, compared with the one part that must be expensive: Argon2id.

Prints `login: RATIO`: the CPU time of one bare Argon2id verification, divided by the CPU time that the web processes
spend on one login, from the request to the redirect, the database not counted.
"""

import datetime
import http.client
import os
import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load.web_server import web_server
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size
from tests.core.pesels import pesel_of

ROUNDS = size(5, smoke=1)
LOGINS = size(60, smoke=2)
PASSWORD = "kasztan-rower-okno-mgla"
_TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure both alternately, against a temporary server, and report the median of the ratios."""
    with reporting() as report, own_database("login"):
        from django.db import connection  # noqa: PLC0415 -- needs Django set up

        names = make_accounts((ROUNDS + 1) * LOGINS)
        connection.close()
        with web_server(workers=1) as server:
            report.at_least(0.77, "login", measure(names, server.port, server.pid))


def make_accounts(count: int) -> list[str]:
    """Create examiners with accounts and return their PESELs."""
    from tests.helpers.factories import make_account, make_examiner  # noqa: PLC0415 -- needs Django set up

    born = datetime.date(1960, 1, 1)
    names = [pesel_of(born + datetime.timedelta(days=number), number) for number in range(count)]
    for number, name in enumerate(names):
        make_account(make_examiner(pesel=name, numbers=(f"A-{number}",)), email=f"a{number}@example.org")
    return names


def measure(names: list[str], port: int, server: int) -> float:
    """Log in with each name, LOGINS a round, and return the ratio. The first round is a warm-up.

    A bare verification follows every log-in, so that changes of the machine's speed affect both.
    """
    from django.contrib.auth.hashers import check_password, make_password  # noqa: PLC0415 -- needs Django set up

    encoded = make_password(PASSWORD)
    ratios = []
    for start in range(0, len(names), LOGINS):
        bare, before = 0.0, cpu_seconds(server)
        for number, name in enumerate(names[start : start + LOGINS], start):
            log_in(port, name, f"198.51.{number // 250}.{number % 250}")
            began = time.process_time()
            assert check_password(PASSWORD, encoded)
            bare += time.process_time() - began
        ratios.append(bare / (cpu_seconds(server) - before))
    return statistics.median(ratios[1:])


def log_in(port: int, name: str, ip: str) -> None:
    """Log in with the right password, from an IP address."""
    connection = http.client.HTTPConnection("localhost", port)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": ip,
    }
    connection.request("POST", "/konto/logowanie/", urlencode({"name": name, "secret": PASSWORD}), headers)
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (302, "/konto/"), response.read()
    connection.close()


def cpu_seconds(root: int) -> float:
    """Return the CPU time (user and system, in seconds) of a process and its children (proc(5))."""
    parents, ticks = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            values = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)], ticks[int(folder.name)] = int(values[1]), int(values[11]) + int(values[12])
    ours = {root}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(pid, 0) for pid in ours) / _TICK


if __name__ == "__main__":
    main()
