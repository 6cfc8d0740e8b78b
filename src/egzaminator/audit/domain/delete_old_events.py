import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.audit.models import Event

_AT_ONCE: Final = 5000


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
