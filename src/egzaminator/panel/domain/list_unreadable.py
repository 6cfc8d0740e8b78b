import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max
from django.utils import timezone

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event

_LOOK_BACK: Final = datetime.timedelta(days=90)
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """An undecryptable stored value: its column and row, when it was last found, and how often."""

    place: str
    row: str
    last_at: datetime.datetime
    times: int


def list_unreadable() -> list[UnreadableValue]:
    """Return the values found undecryptable in the last 90 days, the latest first, at most fifty."""
    events = Event.objects.filter(tag=Tag.VALUE_UNREADABLE, at__gte=timezone.now() - _LOOK_BACK)
    values = events.values_list("details__place", "details__row").annotate(last_at=Max("at"), times=Count("id"))
    return [UnreadableValue(*value) for value in values.order_by("-last_at")[:_MOST]]
