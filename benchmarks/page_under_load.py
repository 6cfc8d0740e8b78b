"""How much longer a page takes while log-ins arrive at four times the rate at which all cores can hash passwords.

Prints `page under load, PAGE: RATIO` for the anonymous home page and for "Moje konto", which asks the database: the
99th percentile of the response time while examiners log in, divided by the median of that percentile on the idle
server, measured alternately. The statuses of the log-ins follow the ratio: 302 opens the account, 503 asks to try
again. The server is that of `manage.py serve`. Pages and log-ins are sent at fixed rates from two processes (open
loop), and the time of a response counts from when its request was due.
"""

import collections
import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from urllib.parse import urlencode

from benchmarks.load.open_loop import request_of, send_by_the_clock
from benchmarks.load.web_server import web_server
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import Report, reporting, size

ROUNDS = size(5, smoke=1)
SECONDS = size(10, smoke=1)
PAGES_A_SECOND = 20  # of each kind
TIMES_TOO_MANY = 4
PASSWORD = "kasztan-rower-okno-mgla"
# By name: the path, and whether the visitor is logged in.
PAGES = {"home page": ("/", False), "Moje konto": ("/konto/", True)}
_CORES = os.cpu_count() or 1

Times = dict[str, list[float]]


def main() -> None:
    """Measure alternately, against a temporary server, and report the ratios."""
    with reporting() as report, own_database("page_under_load"):
        from django.db import connection  # noqa: PLC0415 -- needs Django set up

        rate = TIMES_TOO_MANY * hashes_a_second()
        log_ins, session = make_log_ins(round(rate * SECONDS) * (ROUNDS + 1)), make_session()
        connection.close()
        with web_server(workers=_CORES) as server:
            report_pages(report, *measure(server.port, rate, iter(log_ins), session))


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


def measure(
    port: int, rate: float, log_ins: Iterator[bytes], session: str
) -> tuple[list[Times], list[Times], collections.Counter[int]]:
    """Request the pages on the idle server and under load, alternately. The first round is a warm-up.

    Return the times of each idle round and of each loaded round by page, and the counts of the log-ins' statuses.
    """
    quiet, loaded, statuses = [], [], collections.Counter[int]()
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as others:
        for number in range(ROUNDS + 1):
            calm = ask_for_pages(port, session)
            arriving = others.submit(
                send_by_the_clock, port=port, requests=list(islice(log_ins, round(rate * SECONDS))), rate=rate
            )
            busy = ask_for_pages(port, session)
            answers = arriving.result()
            if number:
                quiet.append(calm)
                loaded.append(busy)
                statuses.update(answer.status for answer in answers)
    return quiet, loaded, statuses


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


def report_pages(report: Report, quiet: list[Times], loaded: list[Times], statuses: collections.Counter[int]) -> None:
    """Report each page's ratio, and the share of each status among the log-ins."""
    shares = ", ".join(f"{status}: {count / statuses.total():.0%}" for status, count in sorted(statuses.items()))
    for page in PAGES:
        calm = statistics.median(_p99(times[page]) for times in quiet)
        busy = _p99([seconds for times in loaded for seconds in times[page]])
        note = f"{calm * 1000:.0f} -> {busy * 1000:.0f} ms; log-ins {shares}"
        report.at_most(10, f"page under load, {page}", busy / calm, note)


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
