"""The deletion of old audit events, and reports of what retention deleted."""

import datetime
import logging
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, UndecryptableValue

_AT_ONCE: Final = 5000
_KEEP_VALUES: Final = datetime.timedelta(days=90)


def delete_old_events() -> int:
    """Delete the events that are older than `KEEP_EVENTS_DAYS` and return how many.

    The database refuses to delete events except in a transaction that declares itself as retention, as this
    function's do.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_EVENTS_DAYS)
    total = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL egzaminator.retention = 'on'")
            some = Event.objects.filter(at__lte=before).values("id")[:_AT_ONCE]
            count, _ = Event.objects.filter(id__in=some).delete()
        total += count
        if count < _AT_ONCE:
            return total


def delete_old_values() -> int:
    """Delete the undecryptable values that staff have dealt with and nobody has met for 90 days; return how many."""
    before = timezone.now() - _KEEP_VALUES
    count, _ = UndecryptableValue.objects.filter(needs_review=False, last_at__lte=before).delete()
    return count


logger = logging.getLogger(__name__)


def report_deletion(*, what: str, count: int, is_recorded: bool = False) -> None:
    """Log how many rows retention deleted. Do nothing if there were none.

    `what` names the rows in the plural. With `is_recorded`, an audit event reports the deletion too, for rows that
    people may ask about later.
    """
    if not count:
        return
    logger.info("Retention deleted %d %s", count, what)
    if is_recorded:
        record_event(tag=Tag.RETENTION_DELETED, details={"what": what, "count": count})
