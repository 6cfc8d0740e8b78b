"""What an export of 100,000 rows costs: the memory of the worker, and the pages that are served meanwhile.

Prints `memory of an export, FORMAT: RATIO`: by how many bytes an export of 100,000 rows enlarges a process at most,
divided by how many the same export of 10,000 rows does; and `pages during an export, FORMAT: RATIO`: the median time of
the panel's list of exports while the job runs in a process of its own, divided by that on the idle server, measured
alternately.
"""

import multiprocessing
import multiprocessing.synchronize
import resource
import statistics
from concurrent.futures import ProcessPoolExecutor

from benchmarks.load.open_loop import request_of, send_by_the_clock
from benchmarks.load.web_server import web_server
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size

ROWS = size(100_000, smoke=200)
FEW_ROWS = size(10_000, smoke=100)
ROUNDS = size(3, smoke=1)
PAGES_A_SECOND = 10
SECONDS = size(8, smoke=1)
FORMATS = ("csv", "xlsx")
_FORK = multiprocessing.get_context("fork")


def main() -> None:
    """Measure both, in a register of ROWS decisions, and report the ratios."""
    with reporting() as report, own_database("export_register"):
        from benchmarks.import_register import make_file  # noqa: PLC0415 -- needs Django set up
        from egzaminator.register.domain.imports.command import import_register  # noqa: PLC0415 -- needs Django set up

        owner, session = make_owner()
        growths = []
        for rows in (FEW_ROWS, ROWS):
            import_register(file=make_file(rows))
            growths.append([peak_growth(owner, file_format) for file_format in FORMATS])
        for file_format, few, many in zip(FORMATS, *growths, strict=True):
            note = f"{few / 1024:.1f} -> {many / 1024:.1f} MB"
            report.at_most(1.5, f"memory of an export, {file_format}", many / few, note)
        _close()
        with web_server(workers=1) as server:
            for file_format in FORMATS:
                quiet, busy = page_times(server.port, session, owner, file_format)
                note = f"{quiet * 1000:.0f} -> {busy * 1000:.0f} ms"
                report.at_most(2, f"pages during an export, {file_format}", busy / quiet, note)


def make_owner() -> tuple[str, str]:
    """Create a member of the staff, and return their account's id and session cookie."""
    from benchmarks.registers.seeded_examiner import session_of  # noqa: PLC0415 -- needs Django set up
    from tests.helpers.factories import make_staff  # noqa: PLC0415 -- needs Django set up

    member = make_staff()
    return str(member.pk), session_of(member.email)


def peak_growth(owner: str, file_format: str) -> float:
    """Return by how many kilobytes an export of the register enlarges a new process at most."""
    _close()
    with ProcessPoolExecutor(1, _FORK) as process:
        return process.submit(_growth, owner, file_format).result()


def _growth(owner: str, file_format: str) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    export(owner, file_format)
    return max(1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def export(owner: str, file_format: str) -> None:
    """Make the register file of the whole register, as the worker does."""
    from egzaminator.panel.domain.make_export import make_export  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.models import Export  # noqa: PLC0415 -- needs Django set up

    asked = Export.objects.create(owner=owner, content="register-file", format=file_format)
    make_export()
    asked.refresh_from_db()
    assert asked.state == "ready"


def page_times(port: int, session: str, owner: str, file_format: str) -> tuple[float, float]:
    """Return the median seconds of a page on the idle server, and while exports are made, measured alternately."""
    quiet, busy = [], []
    for _ in range(ROUNDS):
        quiet += _pages(port, session)
        stop = _FORK.Event()
        maker = _FORK.Process(target=_export_until, args=[stop, owner, file_format])
        maker.start()
        busy += _pages(port, session)
        stop.set()
        maker.join()
    return statistics.median(quiet), statistics.median(busy)


def _export_until(stop: multiprocessing.synchronize.Event, owner: str, file_format: str) -> None:
    while not stop.is_set():
        export(owner, file_format)


def _pages(port: int, session: str) -> list[float]:
    request = request_of("GET", "/panel/egzaminatorzy/eksporty/", {"Accept": "text/html", "Cookie": session})
    answers = send_by_the_clock(port=port, requests=[request] * (PAGES_A_SECOND * SECONDS), rate=PAGES_A_SECOND)
    assert {answer.status for answer in answers} == {200}
    return [answer.seconds for answer in answers]


def _close() -> None:
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    connection.close()


if __name__ == "__main__":
    main()
