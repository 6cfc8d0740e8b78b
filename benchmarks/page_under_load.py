"""How pages fare while log-ins arrive at four times the rate at which all cores can hash passwords, and how log-ins do.

Measured twice: at the ports of the two groups of processes that `manage.py serve` starts with `BIND_LOGINS` ("direct"),
and through nginx with `deploy/nginx.conf`, if it is here. Prints, for each:

- `page under load, PAGE`: for the anonymous home page and for "Moje konto", which asks the database, the 99th
  percentile of the response time while examiners log in, divided by the median of that percentile on the idle server.
- `page after load, PAGE`: that percentile after the last storm, divided by that before the first one.
- `goodput`: how many log-ins are accepted, divided by how many are when they arrive at exactly that rate.
- `memory after load`: that of all web processes after the last storm, divided by that after the first one.

The statuses of the log-ins follow: 302 opens the account, 503 asks to try again. Pages and log-ins are sent at fixed
rates from two processes (open loop), and the time of a response counts from when its request was due.
"""

import collections
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load.open_loop import Answer, request_of, send_by_the_clock
from benchmarks.load.web_server import Running, web_groups
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import Report, reporting, size
from tests.helpers.nginx import can_run_nginx, configure, free_port, nginx

ROUNDS = size(3, smoke=1)
SECONDS = size(10, smoke=1)
PAGES_A_SECOND = 20  # of each kind
TIMES_TOO_MANY = 4
PASSWORD = "kasztan-rower-okno-mgla"
# By name: the path, and whether the visitor is logged in.
PAGES = {"home page": ("/", False), "Moje konto": ("/konto/", True)}
_CORES = os.cpu_count() or 1
_ACCEPTED = 302

Times = dict[str, list[float]]
Statuses = collections.Counter[int]


@dataclass
class Measured:
    """What one way to the server showed: a list of rounds each, the first of which is a warm-up."""

    quiet: list[Times] = field(default_factory=list)
    loaded: list[Times] = field(default_factory=list)
    at_capacity: list[Statuses] = field(default_factory=list)
    too_many: list[Statuses] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


def main() -> None:
    """Measure against temporary servers, and report the ratios."""
    with reporting() as report, own_database("page_under_load"):
        from django.db import connection  # noqa: PLC0415 -- needs Django set up

        rate = hashes_a_second()
        ways = 2 if can_run_nginx() else 1
        count = ways * (ROUNDS + 1) * (round(rate * SECONDS) + round(TIMES_TOO_MANY * rate * SECONDS))
        log_ins, session = iter(make_log_ins(count)), make_session()
        connection.close()
        with web_groups() as server:
            ports = (server.port, server.log_in_port)
            report_way(report, "direct", measure(server.pid, ports, rate, log_ins, session))
            if ways == 1:
                print("nginx is not here (tests/install-tools.sh): not measured through it.", file=sys.stderr)
                return
            with proxied(server) as port:
                report_way(report, "nginx", measure(server.pid, (port, port), rate, log_ins, session))


@contextmanager
def proxied(server: Running) -> Iterator[int]:
    """Run nginx in front of a server, and give its port.

    All requests of the benchmark come from one address and name others, which nginx is made to believe. They come
    without TLS, whose handshakes would be the load generator's work as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        configuration = configure(
            Path(folder), plain=port, tls=free_port(), pages=server.port, log_ins=server.log_in_port
        )
        site = Path(folder) / "egzaminator.conf"
        text = site.read_text()
        for told, own in {
            '"~^http /': '"~^none /',
            "POST $binary_remote_addr": "POST $http_x_forwarded_for",
            "$proxy_add_x_forwarded_for": "$http_x_forwarded_for",
        }.items():
            assert told in text, told
            text = text.replace(told, own)
        site.write_text(text)
        with nginx(configuration, port=port):
            yield port


def hashes_a_second() -> float:
    """Return how many passwords all cores can hash in a second, from the CPU time of one bare Argon2id."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 -- needs Django set up

    times = []
    for _ in range(30):
        began = time.process_time()
        make_password(PASSWORD)
        times.append(time.process_time() - began)
    return _CORES / statistics.median(times)


def make_log_ins(count: int) -> list[bytes]:
    """Create examiners with accounts and return the request that logs each of them in, from an IP of their own."""
    from benchmarks.answers.people import People, gather_statistics, pesel_digits  # noqa: PLC0415 -- needs Django set up
    from benchmarks.answers.sender import new_network  # noqa: PLC0415 -- needs Django set up

    names = [pesel_digits(examiner) for examiner in People(PASSWORD).accounts(count)]
    gather_statistics()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    bodies = [urlencode({"name": name, "secret": PASSWORD}).encode() for name in names]
    return [
        request_of("POST", "/konto/logowanie/", headers | {"X-Forwarded-For": new_network()}, body) for body in bodies
    ]


def make_session() -> str:
    """Create an examiner with an account and details, and return their session cookie."""
    from benchmarks.registers.seeded_examiner import session_of  # noqa: PLC0415 -- needs Django set up
    from tests.helpers.factories import PESELS, make_account, make_examiner  # noqa: PLC0415 -- needs Django set up

    make_account(make_examiner())
    return session_of(PESELS[0])


def measure(pid: int, ports: tuple[int, int], rate: float, log_ins: Iterator[bytes], session: str) -> Measured:
    """Request the pages on the idle server and under load, alternately, and log in at exactly the rate without them.

    `ports` are those of pages and of log-ins, and `pid` is the web processes' parent.
    """
    measured = Measured()
    pages, passwords = ports
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as others:

        def arrive(times: int) -> Future[list[Answer]]:
            requests = list(islice(log_ins, round(times * rate * SECONDS)))
            return others.submit(send_by_the_clock, port=passwords, requests=requests, rate=times * rate)

        for _ in range(ROUNDS + 1):
            measured.quiet.append(ask_for_pages(pages, session))
            for times, statuses in ((1, measured.at_capacity), (TIMES_TOO_MANY, measured.too_many)):
                arriving = arrive(times)
                asked = ask_for_pages(pages, session)
                statuses.append(collections.Counter(answer.status for answer in arriving.result()))
            measured.loaded.append(asked)
            measured.memory.append(memory_below(pid))
        measured.quiet.append(ask_for_pages(pages, session))
    return measured


def memory_below(pid: int) -> int:
    """Return the resident memory of all descendants of a process, in KiB; what they share counts in parts."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_own_memory(int(child)) + memory_below(int(child)) for child in children)


def _own_memory(pid: int) -> int:
    (line,) = [line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return int(line.split()[1])


def ask_for_pages(port: int, session: str) -> Times:
    """Request each page at its rate per second, and return the seconds that each response took."""
    headers = {"Accept": "text/html", "Accept-Language": "pl", "Accept-Encoding": "gzip, deflate, br"}
    requests = [request_of("GET", path, headers | {"Cookie": session * needs}) for path, needs in PAGES.values()]
    answers = send_by_the_clock(
        port=port, requests=requests * (PAGES_A_SECOND * SECONDS), rate=PAGES_A_SECOND * len(PAGES)
    )
    times = {}
    for place, page in enumerate(PAGES):
        of_page = answers[place :: len(PAGES)]
        assert {answer.status for answer in of_page} == {200}, page
        times[page] = [answer.seconds for answer in of_page]
    return times


def report_way(report: Report, way: str, measured: Measured) -> None:
    """Report the ratios of one way to the server."""
    quiet, loaded = measured.quiet[1:], measured.loaded[1:]
    for page in PAGES:
        percentiles = [_p99(times[page]) for times in quiet]
        calm, busy = statistics.median(percentiles), _p99([seconds for times in loaded for seconds in times[page]])
        report.at_most(3, f"page under load, {way}, {page}", busy / calm, f"{calm * 1000:.0f} -> {busy * 1000:.0f} ms")
        report.at_most(2, f"page after load, {way}, {page}", percentiles[-1] / percentiles[0])
    enough, too_many = (sum(rounds[1:], Statuses()) for rounds in (measured.at_capacity, measured.too_many))
    note = "; ".join(
        ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())) for statuses in (enough, too_many)
    )
    report.at_least(0.8, f"goodput, {way}", too_many[_ACCEPTED] / enough[_ACCEPTED], f"log-ins {note}")
    report.at_most(1.1, f"memory after load, {way}", measured.memory[-1] / measured.memory[1])


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
