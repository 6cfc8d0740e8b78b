"""How well response times reveal what must look alike (timing side channel).

Sends requests of every kind alternately to the site's WSGI application, in a process that does nothing else. For every
pair of kinds it fits the time threshold that separates them best on one half of the times and judges it on the other
half, and the other way round. For log-in, forgotten password and status page it prints the share of correct guesses in
the worst pair: 0.50 is chance. REQUESTS sets how many of a kind are sent: 2,000 by default.
"""

import itertools
import os
import random
from collections.abc import Callable, Iterator

from benchmarks.answers.classifier import classify
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import Report, reporting, size

REQUESTS = size(int(os.environ.get("REQUESTS", "2000")), smoke=2)
WARM_UP = size(40, smoke=1)
PASSWORD = "kasztan-rower-okno-mgla"

Kinds = dict[str, Iterator[Callable[[], float]]]


def main() -> None:
    """Measure each response and report its worst pair."""
    with reporting() as report, own_database("one_answer"):
        from benchmarks.answers.log_ins import refused_log_ins  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.people import People, gather_statistics  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.resets import requests_for_a_password  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.status_pages import status_pages  # noqa: PLC0415 -- needs Django set up

        people = People(PASSWORD)
        answers = {
            "status page": status_pages(people),
            "new password": requests_for_a_password(people, REQUESTS),
            "log-in": refused_log_ins(people, REQUESTS),
        }
        gather_statistics()
        for answer, kinds in answers.items():
            report_worst(report, answer, measure(kinds))


def measure(kinds: Kinds) -> dict[str, list[float]]:
    """Send requests of every kind alternately, in random order, and return the seconds that each took."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(WARM_UP + REQUESTS):
        for kind in random.sample(list(kinds), len(kinds)):
            took = next(kinds[kind])()
            if number >= WARM_UP:
                times[kind].append(took)
    return times


def report_worst(report: Report, answer: str, times: dict[str, list[float]]) -> None:
    """Report the share of correct guesses in the worst pair of kinds."""
    pairs = {pair: classify(times[pair[0]], times[pair[1]]) for pair in itertools.combinations(times, 2)}
    worst = max(pairs, key=lambda pair: pairs[pair])
    report.at_most(0.55, f"{answer}, told apart by time", pairs[worst], " / ".join(worst))


if __name__ == "__main__":
    main()
