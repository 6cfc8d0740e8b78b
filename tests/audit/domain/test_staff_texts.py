import datetime
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import delete_old_texts, keep_text, texts_about
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.audit.tasks import delete_old
from egzaminator.core.encryption import UndecryptableError
from tests.key_rotation.tampering import swap

pytestmark = pytest.mark.django_db
WHOM, WHO = uuid.uuid4(), uuid.uuid4()
DAY = datetime.timedelta(days=1)


def test_the_event_points_to_the_text_and_neither_table_holds_it_in_clear() -> None:
    event = record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(WHO), subject=WHOM, reason="Rozmowa z mężem")
    text = StaffText.objects.get()
    assert (event.staff_text, event.details) == (text.id, {})
    assert (text.text, text.subject, text.author) == ("Rozmowa z mężem", WHOM, WHO)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_event::text FROM audit_event"
            " UNION ALL SELECT encode(text_encrypted, 'escape') FROM audit_stafftext"
        )
        assert not any("Rozmowa" in stored for (stored,) in cursor.fetchall())


def test_a_text_that_is_kept_already_is_not_kept_twice() -> None:
    text = keep_text(text="Rozmowa", subject=WHOM, by=Actor(WHO))
    events = [record_event(tag=tag, subject=WHOM, reason=text) for tag in (Tag.ACT_ASKED, Tag.ACCOUNT_UNFROZEN)]
    assert {event.staff_text for event in events} == {text.id}
    assert StaffText.objects.count() == 1


def test_an_event_without_a_reason_points_to_nothing_and_a_reason_is_about_somebody() -> None:
    assert record_event(tag=Tag.LOGGED_OUT, subject=WHOM).staff_text is None
    with pytest.raises(ValueError, match="needs a subject"):
        record_event(tag=Tag.KEYS_ROTATED, reason="Rozmowa")


def test_a_text_that_was_moved_to_another_row_does_not_decrypt() -> None:
    one, other = (keep_text(text=text, subject=WHOM, by=SYSTEM) for text in ("Rozmowa", "Zgubiony telefon"))
    swap(one, other, "text_encrypted")
    one.refresh_from_db()
    with pytest.raises(UndecryptableError):
        _ = one.text


def test_only_the_texts_about_the_given_people_are_found_the_oldest_first() -> None:
    first = keep_text(text="Rozmowa", subject=WHOM, by=SYSTEM)
    keep_text(text="Rozmowa", subject=uuid.uuid4(), by=SYSTEM)
    second = keep_text(text="Rozmowa", subject=WHOM, by=SYSTEM)
    assert list(texts_about(subjects=[WHOM])) == [first, second]


def test_old_texts_are_deleted_and_their_events_stay(caplog: pytest.LogCaptureFixture) -> None:
    event = record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, subject=WHOM, reason="Rozmowa")
    younger = keep_text(text="Rozmowa", subject=WHOM, by=SYSTEM)
    StaffText.objects.exclude(pk=younger.pk).update(created_at=timezone.now() - 731 * DAY)
    StaffText.objects.filter(pk=younger.pk).update(created_at=timezone.now() - 730 * DAY)
    delete_old(0)
    assert list(StaffText.objects.all()) == [younger]
    assert Event.objects.filter(pk=event.pk, staff_text=event.staff_text).exists()
    assert Event.objects.get(tag=Tag.RETENTION_DELETED).details == {"what": "staff-texts", "count": 1}
    assert delete_old_texts() == 0
