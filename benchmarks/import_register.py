"""How fast a register file is imported, compared with `COPY` of the rows that result.

Prints `import: RATIO`: the time that COPY takes to put 100,000 finished entries, their decisions and examiners into the
register's tables, divided by the time that `import_register` takes for the CSV file they come from.
"""

import csv
import datetime
import io
import statistics
import time
from collections.abc import Callable, Iterator

from faker.providers.person.pl_PL import Provider as PolishPeople

from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size
from tests.core.pesels import pesel_of

ROUNDS = size(3, smoke=1)
ROWS = size(100_000, smoke=200)
SCOPES = ["MBI", "MCH", "MFI", "MHI", "OPOL", "OMAT", "OANG", "INF.02", "EE.08", "HGT.02"]
TABLES = ("register_scope", "register_examiner", "register_entry", "register_decision")


def main() -> None:
    """Measure both alternately and report the ratio of the medians."""
    with reporting() as report, own_database("import_register"):
        report.at_least(0.33, "import", measure())


def measure() -> float:
    """Return the ratio."""
    from egzaminator.register.domain.imports.command import import_register  # noqa: PLC0415 -- needs Django set up

    file = make_file(ROWS)
    copied, imported = [], []
    for _ in range(ROUNDS):
        empty_register()
        file.seek(0)
        imported.append(seconds_of(lambda: import_register(file=file)))
        finished = {table: _copy_out(table) for table in TABLES}
        empty_register()
        copied.append(seconds_of(lambda: _copy_in(finished)))  # noqa: B023 -- called at once
    return statistics.median(copied) / statistics.median(imported)


def make_file(rows: int, *, renamed: int = 0) -> io.BytesIO:
    """Return a register file of so many rows, where every fourth examiner has two entries.

    With another number in `renamed`, the same people have other surnames.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        ["pesel", "imiona", "nazwisko", "numer_ewidencyjny", "zakres", "nr_decyzji", "data_decyzji", "email"]
    )
    writer.writerows(_rows(rows, renamed))
    return io.BytesIO(text.getvalue().encode())


def _rows(rows: int, renamed: int) -> Iterator[list[str]]:
    born = datetime.date(1955, 1, 1)
    for number in range(rows):
        person = number - number // 5 - (number % 5 == 4)  # noqa: PLR2004 -- the fifth row is the fourth's examiner
        day = datetime.date(1999, 1, 1) + datetime.timedelta(days=number % 9000)
        scope = SCOPES[number % len(SCOPES)]
        yield [
            pesel_of(born + datetime.timedelta(days=person % 15_000), person // 15_000),
            PolishPeople.first_names[person % 149],
            PolishPeople.unisex_last_names[(person + renamed) % 3583],
            f"{scope}/{number:06}/{day.year}",
            scope,
            f"OKE-DE.4410.{number}.{day.year}",
            day.isoformat(),
            f"egzaminator{person}@poczta.example" if person % 3 else "",
        ]


def empty_register() -> None:
    """Delete everything from the register."""
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")


def _copy_out(table: str) -> bytes:
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(map(bytes, copy))


def _copy_in(finished: dict[str, bytes]) -> None:
    from django.db import connection, transaction  # noqa: PLC0415 -- needs Django set up

    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in finished.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
