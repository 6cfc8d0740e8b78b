"""The lists that staff read in the panel: refused log-ins, undecryptable values."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event, UndecryptableValue
from egzaminator.register.models import Examiner

_REFUSALS_SINCE: Final = datetime.timedelta(days=7)
_MOST_REFUSALS: Final = 5
_VALUES_SINCE: Final = datetime.timedelta(days=90)
_MOST_VALUES: Final = 50


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """The time of a refused log-in, its reason, and the code that the person may read out."""

    at: datetime.datetime
    reason: Refusal
    case_code: str


def list_refusals(*, examiner: Examiner) -> list[RefusedLogin]:
    """Return an examiner's refused log-ins of the last seven days, the latest first, at most five.

    Staff need them when an examiner calls without a case code.
    """
    since = timezone.now() - _REFUSALS_SINCE
    events = Event.objects.filter(subject=examiner.id, tag=Tag.LOGIN_REFUSED, at__gte=since).order_by("-at")[
        :_MOST_REFUSALS
    ]
    return [RefusedLogin(event.at, Refusal(event.details["reason"]), event.case_code) for event in events]


def list_undecryptable() -> QuerySet[UndecryptableValue]:
    """Return the values found undecryptable in the last 90 days, the latest first, at most fifty."""
    values = UndecryptableValue.objects.filter(last_at__gte=timezone.now() - _VALUES_SINCE)
    return values.order_by("-last_at")[:_MOST_VALUES]
