import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from egzaminator.register.domain.imports.command import ImportSummary, import_register
from egzaminator.register.models import Decision, Entry, Examiner
from tests.helpers.concurrency import is_somebody_waiting
from tests.register.files import ANNA, JAN, csv_file

DEADLINE = 30


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_the_second_waits_and_finds_all_done() -> None:
    may_go_on = threading.Event()
    first_reads = threading.Event()

    def pause(_share: float) -> None:
        first_reads.set()
        assert may_go_on.wait(DEADLINE)

    def run(progress: Callable[[float], object]) -> ImportSummary:
        try:
            return import_register(file=csv_file(ANNA, JAN), progress=progress)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(run, pause)
        assert first_reads.wait(DEADLINE)
        second = threads.submit(run, lambda _: None)
        wait_for_a_waiting_import()
        assert not second.done()
        may_go_on.set()
        assert first.result(DEADLINE).changes.new_examiners == 2
        changes = second.result(DEADLINE).changes
    assert (changes.new_examiners, changes.new_entries, changes.new_decisions) == (0, 0, 0)
    assert (Examiner.objects.count(), Entry.objects.count(), Decision.objects.count()) == (2, 2, 2)


def wait_for_a_waiting_import() -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if is_somebody_waiting():
            return
        time.sleep(0.01)
    pytest.fail("the second import does not wait")
