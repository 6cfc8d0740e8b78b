"""Two who add at once, and an import that runs meanwhile."""

import pytest
from django.db import connection, transaction

from egzaminator.audit.actor import SYSTEM
from egzaminator.register.columns import Column
from egzaminator.register.domain.add_person import add_person, typed_row
from egzaminator.register.domain.imports.command import _IMPORT_LOCK
from egzaminator.register.errors import ImportRunsError, PersonExistsError
from egzaminator.register.models import Entry, Examiner, Scope
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PESELS

TYPED = {
    Column.PESEL: PESELS[1],
    Column.FIRST_NAMES: "Jan",
    Column.SURNAME: "Żak",
    Column.NUMBER: "MBI/7/2026",
    Column.SCOPE: "MBI",
    Column.REFERENCE: "OKE-4410-7/26",
    Column.DECIDED_ON: "2026-03-01",
}


def add(**typed: str) -> Examiner:
    row = typed_row(TYPED | {Column[name]: value for name, value in typed.items()})
    return add_person(row=row, reason="Decyzja", by=SYSTEM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("second", "column"), [({}, Column.PESEL), ({"PESEL": PESELS[2]}, Column.NUMBER)], ids=["person", "number"]
)
def test_of_two_who_add_the_same_at_once_one_does(second: dict[str, str], column: Column) -> None:
    Scope.objects.create(code="MBI")

    results = at_once(add, lambda: add(**second))

    (added,) = [result for result in results if isinstance(result, Examiner)]
    (refused,) = [result for result in results if isinstance(result, PersonExistsError)]
    assert (refused.examiner_id, refused.column) == (added.id, column)
    assert (Examiner.objects.count(), Entry.objects.count(), Scope.objects.get().entry_count) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_added_while_a_file_is_read_in_and_nobody_waits() -> None:
    Scope.objects.create(code="MBI")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])
        (result,) = at_once(add)
    assert isinstance(result, ImportRunsError)
    assert isinstance(at_once(add)[0], Examiner)
