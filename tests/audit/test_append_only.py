import pytest
from django.db import DatabaseError, connection, transaction

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event

pytestmark = pytest.mark.django_db


def test_the_database_refuses_to_change_an_event() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(tag=Tag.LOGIN_SUCCEEDED)


def test_the_database_refuses_to_delete_an_event() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_retention_may_delete() -> None:
    record_event(tag=Tag.LOGGED_OUT)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL egzaminator.retention = 'on'")
    Event.objects.all().delete()
    assert Event.objects.count() == 0
