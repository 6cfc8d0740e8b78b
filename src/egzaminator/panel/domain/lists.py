"""The lists that staff read in the panel: blocked accounts, refused log-ins, undecryptable values."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max
from django.utils import timezone

from egzaminator.accounts.enums import AccountState
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner

PAGE_SIZE: Final = 50
_REFUSALS_SINCE: Final = datetime.timedelta(days=7)
_MOST_REFUSALS: Final = 5
_VALUES_SINCE: Final = datetime.timedelta(days=90)
_MOST_VALUES: Final = 50


def list_blocked(*, after: uuid.UUID | None = None) -> Page[Examiner]:
    """Return a page of the examiners whose accounts are frozen, in the register's order, in at most two queries.

    `after` is the last examiner of the previous page, who may have got their account back since. An unknown id is the
    beginning.
    """
    # The state implies `is_active`, which is the condition of the index `accounts_blocked`.
    blocked = Examiner.objects.filter(account__is_active=False, account__state=AccountState.FROZEN)
    return page_after(row_at(Examiner.objects.all(), after), blocked, by="sort_key", size=PAGE_SIZE)


def list_stopped() -> list[Claim]:
    """Return the forms whose owners say that they did not save them, the latest first, at most fifty."""
    stopped = Claim.objects.filter(outcome=ClaimOutcome.STOPPED).select_related("examiner")
    return list(stopped.defer("details_encrypted").order_by("-closed_at")[:PAGE_SIZE])


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


@dataclass(frozen=True, slots=True)
class UndecryptableValue:
    """An undecryptable stored value: its column and row, when it was last found, and how often."""

    location: str
    row: str
    last_at: datetime.datetime
    times: int


def list_undecryptable() -> list[UndecryptableValue]:
    """Return the values found undecryptable in the last 90 days, the latest first, at most fifty."""
    events = Event.objects.filter(tag=Tag.VALUE_UNDECRYPTABLE, at__gte=timezone.now() - _VALUES_SINCE)
    values = events.values_list("details__location", "details__row").annotate(last_at=Max("at"), times=Count("id"))
    return [UndecryptableValue(*value) for value in values.order_by("-last_at")[:_MOST_VALUES]]
