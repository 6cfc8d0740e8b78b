import datetime
import uuid

import pytest
import time_machine

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.domain.retention import delete_old_values
from egzaminator.audit.domain.reviews import accept_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.audit.errors import ReviewedAlreadyError, ReviewOutdatedError
from egzaminator.audit.models import Event, UndecryptableValue

pytestmark = pytest.mark.django_db
ROW = uuid.UUID(int=5)
CONTEXT = f"register.examiner.pesel:{ROW}"
FIRST, SECOND = Actor(uuid.UUID(int=1)), Actor(uuid.UUID(int=2))


def test_a_damaged_value_waits_once_however_often_it_is_met() -> None:
    record_undecryptable(context=CONTEXT)
    record_undecryptable(context=CONTEXT)
    record_undecryptable(context="accounts.other:17")
    found = UndecryptableValue.objects.order_by("id").values_list("location", "row", "times", "needs_review")
    assert list(found) == [
        ("register.examiner.pesel", str(ROW), 2, True),
        ("accounts.other:17", "", 1, True),
    ]
    assert Event.objects.filter(tag=Tag.VALUE_UNDECRYPTABLE).count() == 3


def test_accepted_it_waits_again_when_it_is_met_again() -> None:
    record_undecryptable(context=CONTEXT)
    value = UndecryptableValue.objects.get()
    accept_undecryptable(value_id=value.pk, seen="1", by=FIRST)
    event = Event.objects.get(tag=Tag.REVIEWED)
    assert (event.actor, event.subject) == (FIRST.account_id, ROW)
    with pytest.raises(ReviewedAlreadyError) as caught:
        accept_undecryptable(value_id=value.pk, seen="1", by=SECOND)
    assert caught.value.by == FIRST.account_id
    record_undecryptable(context=CONTEXT)
    with pytest.raises(ReviewOutdatedError):
        accept_undecryptable(value_id=value.pk, seen="1", by=SECOND)
    value.refresh_from_db()
    assert value.needs_review


def test_what_was_accepted_is_deleted_after_ninety_days_and_what_waits_is_not() -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC), tick=False) as clock:
        record_undecryptable(context=CONTEXT)
        record_undecryptable(context="accounts.other:17")
        UndecryptableValue.objects.filter(row="").update(needs_review=False)
        clock.shift(datetime.timedelta(days=89))
        assert delete_old_values() == 0
        clock.shift(datetime.timedelta(days=1))
        assert delete_old_values() == 1
    assert [value.row for value in UndecryptableValue.objects.all()] == [str(ROW)]
