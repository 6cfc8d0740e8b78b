"""The deletion of old audit events, and reports of what retention deleted."""

import datetime
import logging
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, ShownPeople

_AT_ONCE: Final = 5000
# A file is downloaded within two days after it was begun, and its people are kept as long as the event of that.
_AFTER_THE_FILE: Final = datetime.timedelta(days=2)


def delete_old_events() -> int:
    """Delete the events that are older than `KEEP_EVENTS_DAYS`, and who stood in files of that age.

    Return how many events.

    The database refuses to delete events except in a transaction that declares itself as retention, as this
    function's do.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_EVENTS_DAYS)
    _delete_in_batches(ShownPeople.objects.filter(at__lte=before - _AFTER_THE_FILE))
    return _delete_in_batches(Event.objects.filter(at__lte=before))


def _delete_in_batches(rows: QuerySet[Any]) -> int:
    total = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL egzaminator.retention = 'on'")
            count: int
            count, _ = rows.model.objects.filter(id__in=rows.values("id")[:_AT_ONCE]).delete()
        total += count
        if count < _AT_ONCE:
            return total


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
