"""The pace of bulk e-mails: at most `MAIL_RATE` are tried in a minute, by all workers together.

E-mails that somebody waits for, and notices, are never held back.
"""

import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from egzaminator.mail.models import BulkPace

_MINUTE: Final = datetime.timedelta(minutes=1)


def take_bulk(*, wanted: int, rate: int) -> int:
    """Return how many of `wanted` bulk e-mails may be tried now, at `rate` a minute, and count them."""
    with transaction.atomic():
        BulkPace.objects.get_or_create(pk=BulkPace.ONLY)
        pace = BulkPace.objects.select_for_update().get(pk=BulkPace.ONLY)
        now = timezone.now()
        if pace.began_at <= now - _MINUTE:
            pace.began_at, pace.taken = now, 0
        allowed = max(0, min(wanted, rate - pace.taken))
        pace.taken += allowed
        pace.save()
    return allowed


def give_bulk_back(*, count: int) -> None:
    """Take bulk e-mails out of the count that were not tried after all."""
    if count:
        BulkPace.objects.filter(pk=BulkPace.ONLY).update(taken=Greatest(F("taken") - count, 0))


def is_bulk_allowed(*, rate: int) -> bool:
    """Return whether any bulk e-mail may be tried now, at `rate` a minute."""
    over = timezone.now() - _MINUTE
    return not BulkPace.objects.filter(began_at__gt=over, taken__gte=rate).exists()
