from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.staff.models import Act

_MOST: Final = 50


def list_acts() -> QuerySet[Act]:
    """Return the acts that wait for a second person, the oldest first, at most fifty. Runs one query."""
    waiting = Act.objects.filter(outcome="", expires_at__gt=timezone.now())
    return waiting.select_related("account__examiner", "asked_by").order_by("asked_at", "id")[:_MOST]
