"""How well the time of an answer tells apart what must look alike.

Sends requests of every kind in turns to the site's WSGI application, in a process that does nothing else, and fits for
every pair of kinds the threshold on time that tells them apart best: on one half of the times, to judge the other half
by, and the other way round. Prints for log-in, forgotten password and status page the share that was told apart in the
worst pair: 0.50 is a tossed coin, 0.55 the budget. REQUESTS sets how many of a kind are sent: 2,000 unless set. Works
in a database of its own, made and dropped on the server that DATABASE_URL names, or on the embedded one.
"""

import itertools
import os
import random
from collections.abc import Callable, Iterator

import tests.environment  # noqa: F401 -- sets what the settings are read from
from benchmarks.answers.told_apart import told_apart

REQUESTS = int(os.environ.get("REQUESTS", "2000"))
WARM_UP = 40
PASSWORD = "kasztan-rower-okno-mgla"

Kinds = dict[str, Iterator[Callable[[], float]]]


def main() -> None:
    """Measure each answer and print its worst pair."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "egzaminator.settings"
    os.environ["TRUSTED_PROXY_COUNT"] = "1"
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.db import connection  # noqa: PLC0415 -- needs Django set up
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 -- needs Django set up

    connection.settings_dict["TEST"]["NAME"] = f"benchmark_one_answer_{os.getpid()}"
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from django.core.management import call_command  # noqa: PLC0415 -- needs Django set up

        from benchmarks.answers.log_ins import refused_log_ins  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.people import People, gather_statistics  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.resets import requests_for_a_password  # noqa: PLC0415 -- needs Django set up
        from benchmarks.answers.status_pages import status_pages  # noqa: PLC0415 -- needs Django set up

        call_command("collectstatic", verbosity=0, interactive=False)
        people = People(PASSWORD)
        answers = {
            "status page": status_pages(people),
            "new password": requests_for_a_password(people, REQUESTS),
            "log-in": refused_log_ins(people, REQUESTS),
        }
        gather_statistics()
        for answer, kinds in answers.items():
            report(answer, measure(kinds))
    finally:
        teardown_databases(databases, verbosity=0)


def measure(kinds: Kinds) -> dict[str, list[float]]:
    """Send requests of every kind in turns, in another order each time; give the seconds that each took."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(WARM_UP + REQUESTS):
        for kind in random.sample(list(kinds), len(kinds)):
            took = next(kinds[kind])()
            if number >= WARM_UP:
                times[kind].append(took)
    return times


def report(answer: str, times: dict[str, list[float]]) -> None:
    """Print how well the worst pair of kinds is told apart."""
    pairs = {pair: told_apart(times[pair[0]], times[pair[1]]) for pair in itertools.combinations(times, 2)}
    worst = max(pairs, key=lambda pair: pairs[pair])
    print(f"{answer}, told apart by time: {pairs[worst]:.3f} ({worst[0]} / {worst[1]})")


if __name__ == "__main__":
    main()
