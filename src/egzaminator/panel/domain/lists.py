import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Q
from django.utils import timezone

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the examiners whose accounts are blocked, in the register's order.

    `next` is the last examiner of a full page, to pass as `after` for the next page, and None on the last page.
    """

    examiners: list[Examiner]
    next: uuid.UUID | None
    """The examiner after whom the next page begins, if there is one."""


def list_blocked(*, after: uuid.UUID | None = None) -> Page:
    """Return a page of the examiners whose accounts are frozen and wait for staff. It takes at most two queries.

    `after` is the `next` of the page before. An unknown id is treated like None, which starts at the beginning.
    """
    # Query the accounts, of which few are blocked, and not the whole register.
    waiting = Account.objects.filter(is_active=False, state=AccountState.FROZEN, examiner__isnull=False)
    blocked = waiting.select_related("examiner")
    last = Examiner.objects.filter(pk=after).first() if after else None
    if last is not None:
        blocked = blocked.filter(
            Q(examiner__sort_key__gt=last.sort_key) | Q(examiner__sort_key=last.sort_key, examiner_id__gt=last.id)
        )
    found = [
        account.examiner
        for account in blocked.order_by("examiner__sort_key", "examiner_id")[: PAGE + 1]
        if account.examiner
    ]
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


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


_VALUES_SINCE: Final = datetime.timedelta(days=90)
_MOST_VALUES: Final = 50


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
