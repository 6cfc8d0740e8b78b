import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner
from tests.helpers.factories import make_examiner
from tests.helpers.table_contents import contents, restore

pytestmark = pytest.mark.django_db


def test_what_was_written_and_deleted_is_as_before_and_the_rest_is_not_touched() -> None:
    before = contents()
    make_examiner()
    record_event(tag=Tag.REGISTER_IMPORTED, details={})
    Group.objects.all().delete()

    restore(before)

    assert contents() == before
    assert (Examiner.objects.count(), Event.objects.count(), Group.objects.exists()) == (0, 0, True)


def test_triggers_are_at_work_again_afterwards() -> None:
    restore(contents())
    record_event(tag=Tag.REGISTER_IMPORTED, details={})

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
