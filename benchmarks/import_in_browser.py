"""What it costs to read a register file in by browser: time, memory, and what others notice of it.

Prints `import in the browser: RATIO`: the time of the jobs that check and apply a file of 100,000 new rows, divided by
the command's for the same file. `memory of an import: RATIO`: by how much the jobs enlarge a new process at most, with
100,000 rows against 10,000. `pages during an import: RATIO`: a page of the web server while the jobs run, against an
idle machine. `seconds a first login waits: SECONDS`: the longest that whoever saves or activates a form waits for locks
while 100,000 changed rows are applied.
"""

import io
import itertools
import multiprocessing
import multiprocessing.synchronize
import resource
import statistics
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final, Self

from benchmarks.import_register import empty_register, make_file, seconds_of
from benchmarks.load.open_loop import request_of, send_by_the_clock
from benchmarks.load.web_server import web_server
from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size

ROUNDS: Final = size(3, smoke=1)
FEW: Final = size(10_000, smoke=100)
MANY: Final = size(100_000, smoke=200)
PAGES_A_SECOND: Final = 5
SECONDS: Final = size(8, smoke=1)
_FORK: Final = multiprocessing.get_context("fork")


def main() -> None:
    """Measure and report."""
    with reporting() as report, own_database("import_in_browser"):
        # First, while this process, which others are forked from, is small.
        few, many = (measure_memory(rows) for rows in (FEW, MANY))
        report.at_most(1.5, "memory of an import", many / few, f"{few / 1024:.1f} -> {many / 1024:.1f} MB")
        by_command, in_browser = measure_time()
        note = f"{by_command:.1f} -> {in_browser:.1f} s"
        report.at_most(2, "import in the browser", in_browser / by_command, note)
        session = make_session()
        _close()
        with web_server(workers=1) as server:
            quiet, busy = page_times(server.port, session)
        note = f"{quiet * 1000:.0f} -> {busy * 1000:.0f} ms"
        report.at_most(2, "pages during an import", busy / quiet, note)
        report.at_most(1, "seconds a first login waits", longest_wait())


def measure_time() -> tuple[float, float]:
    """Return the median seconds of the command, and of both jobs together."""
    from egzaminator.register.domain.imports.command import import_register  # noqa: PLC0415 -- needs Django set up

    by_command, in_browser = [], []
    file = make_file(MANY)
    for _ in range(ROUNDS):
        empty_register()
        file.seek(0)
        by_command.append(seconds_of(lambda: import_register(file=file)))
        empty_register()
        in_browser.append(seconds_of(lambda: read_in(file)))
    return statistics.median(by_command), statistics.median(in_browser)


def measure_memory(rows: int) -> float:
    """Return by how many kilobytes the jobs enlarge a new process at most."""
    empty_register()
    _close()
    for work in (_upload_new, _growth):  # the file itself is in the memory of another process
        with ProcessPoolExecutor(1, _FORK) as process:
            growth = process.submit(work, rows).result()
    return growth


def _upload_new(rows: int) -> float:
    upload(make_file(rows))
    return 0


def _growth(rows: int) -> float:
    from egzaminator.register.models import Import  # noqa: PLC0415 -- needs Django set up

    one = Import.objects.get(state="waiting")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check_and_apply(one)
    assert one.counts["rows"] == rows
    return max(1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def make_session() -> str:
    """Create a member of the staff, and return their session cookie."""
    from benchmarks.registers.seeded_examiner import session_of  # noqa: PLC0415 -- needs Django set up
    from tests.helpers.factories import make_staff  # noqa: PLC0415 -- needs Django set up

    return session_of(make_staff().email)


def page_times(port: int, session: str) -> tuple[float, float]:
    """Return the median seconds of a page on the idle server, and while files are read in, measured alternately."""
    quiet, busy = [], []
    for _ in range(ROUNDS):
        quiet += _pages(port, session)
        with _Importing() as importing:
            busy += _pages(port, session)
            importing.stop()
    return statistics.median(quiet), statistics.median(busy)


def _pages(port: int, session: str) -> list[float]:
    request = request_of("GET", "/panel/import/", {"Accept": "text/html", "Cookie": session})
    answers = send_by_the_clock(port=port, requests=[request] * (PAGES_A_SECOND * SECONDS), rate=PAGES_A_SECOND)
    assert {answer.status for answer in answers} == {200}
    return [answer.seconds for answer in answers]


def longest_wait() -> float:
    """Return the longest seconds that a first login waits for its locks while people's names are changed."""
    from django.db import transaction  # noqa: PLC0415 -- needs Django set up

    from egzaminator.onboarding.domain.claims import require_entry  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.domain.locks import hold_examiner  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.models import Entry  # noqa: PLC0415 -- needs Django set up

    some = list(Entry.objects.order_by("number").values_list("id", "examiner_id")[:: max(1, MANY // 100)])
    waits = [0.0]
    _close()
    with _Importing() as importing:
        importing.stop()  # after the file that is being read in
        while importing.is_at_work():
            for entry_id, examiner_id in some:
                start = time.perf_counter()
                with transaction.atomic():
                    hold_examiner(examiner_id=examiner_id)
                    require_entry(examiner_id=examiner_id, entry_id=entry_id)
                waits.append(time.perf_counter() - start)
    return max(waits)


class _Importing:
    """A process that reads files in, one after the other, until it is stopped. Each changes everybody's name."""

    def __init__(self) -> None:
        self._is_over = _FORK.Event()
        self._process = _FORK.Process(target=_import_until, args=[self._is_over])

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._process.join()

    def stop(self) -> None:
        """End the process after the present file."""
        self._is_over.set()

    def is_at_work(self) -> bool:
        """Return whether it is at work on a file."""
        return self._process.is_alive()


def _import_until(is_over: multiprocessing.synchronize.Event) -> None:
    for renamed in itertools.count(int(time.time())):  # other names than the last time
        read_in(make_file(MANY, renamed=renamed))
        if is_over.is_set():
            return


def read_in(file: io.BytesIO) -> None:
    """Read a file in, as the jobs of the worker do."""
    check_and_apply(upload(file))


def upload(file: io.BytesIO) -> Any:
    """Return the import of a file that an officer has just uploaded."""
    from egzaminator.audit.actor import Actor  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.domain.imports.browser import begin_import  # noqa: PLC0415 -- needs Django set up
    from egzaminator.stored_files.domain.files import write_file  # noqa: PLC0415 -- needs Django set up

    owner = uuid.uuid4()
    stored = write_file(owner=owner, purpose="import", name="import", content=[file.getvalue()])
    return begin_import(import_id=uuid.uuid4(), file=stored, name="file.csv", by=Actor(owner))


def check_and_apply(one: Any) -> None:
    """Check and apply an import."""
    from egzaminator.audit.actor import Actor  # noqa: PLC0415 -- needs Django set up
    from egzaminator.panel.domain.own_rows import own_rows  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.domain.imports.apply import apply_import  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.domain.imports.browser import ask_to_apply  # noqa: PLC0415 -- needs Django set up
    from egzaminator.register.domain.imports.check import check_import  # noqa: PLC0415 -- needs Django set up

    check_import(own_rows=own_rows)
    ask_to_apply(one=one, by=Actor(one.uploader))
    apply_import(may_apply=lambda _account: True, own_rows=own_rows)
    one.refresh_from_db()
    assert one.state == "applied"


def _close() -> None:
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    connection.close()


if __name__ == "__main__":
    main()
