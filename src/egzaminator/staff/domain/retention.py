"""The deletion of old acts that took two persons."""

import datetime

from django.conf import settings
from django.utils import timezone

from egzaminator.staff.models import Act


def delete_old_acts() -> int:
    """Delete the acts that ended KEEP_EVENTS_DAYS ago, and return their number.

    The audit events about them are deleted at the same age.
    """
    before = timezone.now() - datetime.timedelta(days=settings.KEEP_EVENTS_DAYS)
    count, _ = Act.objects.filter(answered_at__lte=before).delete()
    return count
