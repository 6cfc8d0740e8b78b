"""What a log-in costs, compared with the one part that must be expensive: Argon2id.

Prints `login: RATIO`: the CPU time of one bare Argon2id verification, divided by the CPU time that the web processes
spend on one login, from the request to the redirect, the database not counted. Then the two figures that
docs/scaling.md works with: log-ins a second of the web processes' CPU time, and of the database's.
"""

import datetime
import http.client
import os
import statistics
import time
from dataclasses import dataclass
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
        database = connection.settings_dict["NAME"]
        connection.close()
        with web_server(workers=1) as server:
            rounds = measure(names, server.port, server.pid, database)
        report.at_least(0.77, "login", statistics.median(one.bare / one.web for one in rounds))
        report.figure("log-ins of web processes", LOGINS / statistics.median(one.web for one in rounds), "a CPU second")
        report.figure(
            "log-ins of the database", LOGINS / statistics.median(one.database for one in rounds), "a CPU second"
        )


def make_accounts(count: int) -> list[str]:
    """Create examiners with accounts and return their PESELs."""
    from tests.helpers.factories import make_account, make_examiner  # noqa: PLC0415 -- needs Django set up

    born = datetime.date(1960, 1, 1)
    names = [pesel_of(born + datetime.timedelta(days=number), number) for number in range(count)]
    for number, name in enumerate(names):
        make_account(make_examiner(pesel=name, numbers=(f"A-{number}",)), email=f"a{number}@example.org")
    return names


@dataclass(frozen=True, slots=True)
class Round:
    """The CPU time of LOGINS log-ins, in seconds: of the hashes alone, of the web processes, of the database."""

    bare: float
    web: float
    database: float


def measure(names: list[str], port: int, server: int, database: str) -> list[Round]:
    """Log in with each name, LOGINS a round. The first round is a warm-up.

    A bare verification follows every log-in, so that changes of the machine's speed affect both.
    """
    from django.contrib.auth.hashers import check_password, make_password  # noqa: PLC0415 -- needs Django set up

    encoded = make_password(PASSWORD)
    rounds = []
    for start in range(0, len(names), LOGINS):
        bare, before, before_database = 0.0, cpu_seconds(server), _database_cpu_seconds(database)
        for number, name in enumerate(names[start : start + LOGINS], start):
            log_in(port, name, f"198.51.{number // 250}.{number % 250}")
            began = time.process_time()
            assert check_password(PASSWORD, encoded)
            bare += time.process_time() - began
        used = _database_cpu_seconds(database) - before_database
        rounds.append(Round(bare, cpu_seconds(server) - before, max(used, 1 / _TICK)))
    return rounds[1:]


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
    times = _cpu_times()
    ours = {root}
    while more := {pid for pid, (parent, _seconds) in times.items() if parent in ours} - ours:
        ours |= more
    return sum(seconds for pid, (_parent, seconds) in times.items() if pid in ours)


def _database_cpu_seconds(database: str) -> float:
    """Return the CPU time of the database server's processes that serve a database: their title names it."""
    return sum(seconds for pid, (_parent, seconds) in _cpu_times().items() if _serves(pid, database))


def _serves(pid: int, database: str) -> bool:
    try:
        title = (Path("/proc") / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ").split()
    except OSError:
        return False
    return title[:1] == ["postgres:"] and database in title


def _cpu_times() -> dict[int, tuple[int, float]]:
    """Return the parent and the CPU time of every process (proc(5))."""
    times = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            values = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        times[int(folder.name)] = int(values[1]), (int(values[11]) + int(values[12])) / _TICK
    return times


if __name__ == "__main__":
    main()
