import datetime
import uuid

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from egzaminator.audit.domain.retention import delete_old_events
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.models import ShownPeople

pytestmark = pytest.mark.django_db
FILE, ONE, OTHER = (uuid.UUID(int=number) for number in range(1, 4))


def test_a_batch_is_one_row_in_which_each_person_stands_once() -> None:
    record_shown(file=FILE, people=[OTHER, ONE, OTHER])
    record_shown(file=FILE, people=[])
    shown = ShownPeople.objects.get()
    assert (shown.file, shown.people) == (FILE, [OTHER, ONE])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_shownpeople SET people = '{}'",
        "DELETE FROM audit_shownpeople",
        "SET LOCAL egzaminator.retention = 'on'; DELETE FROM audit_shownpeople",
    ],
)
def test_the_database_refuses_to_change_it(statement: str) -> None:
    record_shown(file=FILE, people=[ONE])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ShownPeople.objects.count() == 1


def test_the_database_refuses_to_empty_the_table() -> None:
    record_shown(file=FILE, people=[ONE])
    with connection.cursor() as cursor:  # which the tests need off
        cursor.execute("ALTER TABLE audit_shownpeople ENABLE TRIGGER USER")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_shownpeople")


def test_it_is_kept_as_long_as_the_event_of_a_download_two_days_later() -> None:
    now = timezone.now()
    for days, is_left in ((733, False), (732, True)):
        with time_machine.travel(now - datetime.timedelta(days=days, hours=1), tick=False):
            record_shown(file=FILE, people=[ONE])
        delete_old_events()
        assert ShownPeople.objects.exists() is is_left, days
