"""Files of thousands of rows."""

import tracemalloc
from dataclasses import asdict

import pytest

from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.models import Examiner
from tests.register.files import ANNA, JAN, csv_file
from tests.register.importing import NOTHING, read
from tests.register.rows import digits_of, found

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_more_rows_than_are_read_at_once() -> None:
    rows = [
        ANNA | {"numer_ewidencyjny": f"MBI/{place}", "nr_decyzji": f"OKE-{place}"}
        if place % 2
        else JAN | {"numer_ewidencyjny": f"MCH/{place}", "nr_decyzji": f"OKE-{place}"}
        for place in range(4100)
    ]
    assert read(*rows).changes == Changes(
        **(asdict(NOTHING) | {"new_examiners": 2, "new_entries": 4100, "new_decisions": 4100})
    )
    assert Examiner.objects.count() == 2
    assert digits_of(found(ANNA["pesel"])) == ANNA["pesel"]


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(count: int) -> int:
        file = csv_file(*[ANNA | {"numer_ewidencyjny": f"MBI/{n}", "nr_decyzji": f"{n}/19"} for n in range(count)])
        tracemalloc.start()
        try:
            import_register(file=file, dry_run=True)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(12_000) < 1.2 * peak(4000)


def test_progress_grows_to_the_whole() -> None:
    shares: list[float] = []
    read(
        *[ANNA | {"numer_ewidencyjny": f"MBI/{n}", "nr_decyzji": f"{n}/19"} for n in range(2500)],
        progress=shares.append,
    )
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert len(shares) == 9
