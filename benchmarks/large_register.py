"""What a log-in and each list cost at 1,000,000 examiners, compared with 1,000.

Prints `log-in at 1,000,000 examiners: RATIO` and a like line for each page that finds or lists something, its first
page and a late one: the median time of the site's WSGI application with the large register over that with the small
one. The two databases are on one server and differ only in how many other examiners, accounts, events and e-mails they
hold. Both are requested alternately in one process, so that other load on the machine slows both down. It takes some
minutes, most of them to create the register.
"""

import itertools
import random
import statistics
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size

if TYPE_CHECKING:
    from benchmarks.registers.seeded_examiner import SeededExaminer
    from benchmarks.registers.two_registers import Registers

SMALL, LARGE = size(1_000, smoke=50), size(1_000_000, smoke=100)
LOG_INS = size(300, smoke=2)
REQUESTS = size(60, smoke=1)
WARM_UP = size(5, smoke=1)
BLOCKED = 120  # of 50 a page
# The lists whose late page is as full among 1,000 examiners as among 1,000,000. An empty one would be the quicker.
LATE = frozenset({"a letter", "a state of the account", "a scope", "a scope, no account"})
PASSWORD = "kasztan-rower-okno-mgla"

Requests = Iterator[Callable[[], float]]


def main() -> None:
    """Measure both alternately and report the ratios of the medians."""
    with reporting() as report, own_database("large_register"):
        from benchmarks.answers.people import People, pesel_digits  # noqa: PLC0415 -- needs Django set up
        from benchmarks.registers.seeded_examiner import seed_examiner  # noqa: PLC0415 -- needs Django set up
        from benchmarks.registers.two_registers import two_registers  # noqa: PLC0415 -- needs Django set up

        people = People(PASSWORD)
        names = [pesel_digits(examiner) for examiner in people.accounts(LOG_INS + WARM_UP)]
        blocked = sorted(people.accounts(BLOCKED, is_active=False), key=lambda examiner: examiner.account.id)
        someone = seed_examiner()
        with two_registers(small=SMALL - len(names), large=LARGE - len(names)) as registers:
            report.at_most(1.1, f"log-in at {LARGE:,} examiners", measure(registers, log_ins(names), LOG_INS))
            for page, requests in pages(someone, f"to-nie-ja.{blocked[BLOCKED // 2].account.id}").items():
                report.at_most(1.5, f"{page} at {LARGE:,} examiners", measure(registers, requests, REQUESTS))


def measure(registers: "Registers", requests: Requests, count: int) -> float:
    """Send each request to both registers, in random order, and return the ratio of the median times."""
    times: dict[str, list[float]] = {"small": [], "large": []}
    for request in itertools.islice(requests, WARM_UP + count):
        for name in random.sample(list(times), 2):
            registers.enter(getattr(registers, name))
            times[name].append(request())
    small, large = (statistics.median(times[name][WARM_UP:]) for name in ("small", "large"))
    return large / small


def log_ins(names: list[str]) -> Requests:
    """Yield one log-in request for each name."""
    from benchmarks.answers.sender import send  # noqa: PLC0415 -- needs Django set up

    for name in names:
        yield partial(send, "/konto/logowanie/", {"name": name, "secret": PASSWORD}, status="302")


def pages(someone: "SeededExaminer", late_waiting: str) -> dict[str, Requests]:
    """Return endless requests for each page, by name. Staff take turns, as their look-ups are rate-limited."""
    from benchmarks.registers.seeded_examiner import NUMBER  # noqa: PLC0415 -- needs Django set up
    from tests.helpers.factories import PESELS  # noqa: PLC0415 -- needs Django set up

    find, review, own = "/panel/egzaminatorzy/", "/panel/do-sprawdzenia/", [someone.session]
    late = str(uuid.UUID(int=SMALL // 2))  # of a person whom both registers have
    return {
        "examiner by PESEL": _asking(find, someone.staff, {"asked": PESELS[0]}, status="302"),
        "examiner by number": _asking(find, someone.staff, {"asked": NUMBER}, status="302"),
        "examiner's page": _asking(f"{find}{someone.examiner}/", someone.staff),
        "what waits": _asking(review, someone.helpers),
        "what waits, late page": _asking(f"{review}?after={late_waiting}", someone.helpers),
        "list": _asking(find, someone.staff),
        "list, late page": _asking(f"{find}?after={late}", someone.staff),
        "search for a name": _asking(find, someone.staff, {"asked": "Kowalska Anna"}, status="302"),
        **{f"list of {name}": _asking(f"{find}lista/{one}/", someone.staff) for name, one in someone.lists.items()},
        **{
            f"list of {name}, late page": _asking(f"{find}lista/{one}/?after={late}", someone.staff)
            for name, one in someone.lists.items()
            if name in LATE
        },
        "dashboard": _asking("/panel/", someone.staff),
        "case codes": _asking("/panel/sprawy/", someone.staff),
        "history": _asking("/konto/historia/", own),
        "history, late page": _asking(f"/konto/historia/?after={someone.late_event}", own),
        "messages": _asking("/konto/wiadomosci/", own),
        "messages, late page": _asking(f"/konto/wiadomosci/?after={someone.late_message}", own),
        "sessions": _asking("/konto/sesje/", own),
    }


def _asking(path: str, sessions: list[str], form: dict[str, str] | None = None, *, status: str = "200") -> Requests:
    from benchmarks.answers.sender import send  # noqa: PLC0415 -- needs Django set up

    for session in itertools.cycle(sessions):
        yield partial(send, path, form, cookies=session, status=status)


if __name__ == "__main__":
    main()
