import datetime
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner

_LOOK_BACK: Final = datetime.timedelta(days=7)
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """The time of a refused log-in, and its reason."""

    at: datetime.datetime
    reason: Refusal


def list_refusals(*, examiner: Examiner) -> list[RefusedLogin]:
    """Return an examiner's refused log-ins of the last seven days, the latest first, at most five.

    Staff need them when an examiner calls without a case code.
    """
    since = timezone.now() - _LOOK_BACK
    events = Event.objects.filter(subject=examiner.id, tag=Tag.LOGIN_REFUSED, at__gte=since).order_by("-at")[:_MOST]
    return [RefusedLogin(event.at, Refusal(event.details["reason"])) for event in events]
