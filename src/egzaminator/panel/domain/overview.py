"""What the panel's first screen counts."""

import datetime
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from egzaminator.accounts.models import Account
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.register.domain.listing import kind_facet
from egzaminator.register.enums import AccountStanding, EntryState, ExamKind
from egzaminator.register.models import Examiner, Import, ListKey

_KEY: Final = "panel.figures"
# In seconds. The worker counts more often than that; the counts of a worker that stopped are not shown for ever.
_KEPT: Final = 60 * 60
WEEKS: Final = 12
# A worker reports every ten seconds.
_SILENT_AFTER: Final = datetime.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Total:
    """How many people with an active entry there are, and how many of them have an account."""

    accounts: int
    people: int


@dataclass(frozen=True, slots=True)
class Week:
    """How many examiners' accounts were activated in a week, and which day it began: a Monday."""

    monday: datetime.date
    accounts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of the register at a moment: of all, and by exam kind. A person may have entries of several kinds."""

    counted_at: datetime.datetime
    examiners: int
    """Everybody in the register, whatever their entries."""
    of_all: Total
    by_kind: dict[ExamKind, Total]
    by_week: list[Week]
    """The last weeks, the current one included, from the oldest."""


def current_totals() -> Totals:
    """Return the totals as the worker last counted them. Count now if it has not lately."""
    kept: Totals | None = cache.get(_KEY)
    return keep_totals() if kept is None else kept


def keep_totals() -> Totals:
    """Count the totals and keep them in the cache. It reads the whole register, so the worker does it in advance.

    People are counted by their list keys: each has one for each kind of exam, and one for all.
    """
    refresh_list_keys()
    by_facet = {kind_facet(kind): kind for kind in ExamKind}
    able = ListKey.objects.filter(facet__in=["", *by_facet], entry_state=EntryState.ACTIVE, examiner__deceased_on=None)
    with_account = Q(standing__startswith=AccountStanding.ACTIVE) | Q(standing__startswith=AccountStanding.FROZEN)
    counted = (
        able.values_list("facet")
        .annotate(people=Count("facet"), accounts=Count("facet", filter=with_account))
        .order_by()
    )
    found = {facet: Total(accounts=accounts, people=people) for facet, people, accounts in counted}
    totals = Totals(
        counted_at=timezone.now(),
        examiners=Examiner.objects.in_register().count(),
        of_all=found.get("", Total(accounts=0, people=0)),
        by_kind={kind: found[facet] for facet, kind in by_facet.items() if facet in found},
        by_week=_count_weeks(),
    )
    cache.set(_KEY, totals, _KEPT)
    return totals


def _count_weeks() -> list[Week]:
    """Count by when the accounts were created, which is when they were activated. Accounts deleted since are not in."""
    today = timezone.localdate()
    mondays = [today - datetime.timedelta(days=today.weekday(), weeks=ago) for ago in reversed(range(WEEKS))]
    since = timezone.make_aware(datetime.datetime.combine(mondays[0], datetime.time()))
    counted = (
        Account.objects.filter(examiner__isnull=False, created_at__gte=since)
        .annotate(week=TruncWeek("created_at"))
        .values_list("week")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = {week.date(): count for week, count in counted}
    return [Week(monday, found.get(monday, 0)) for monday in mondays]


def count_open_claims() -> int:
    """Return how many saved forms wait for their activation. Their index holds no closed ones."""
    return Claim.objects.filter(closed_at__isnull=True, expires_at__gt=timezone.now()).count()


class LastImport(NamedTuple):
    """When a register file was last read in, how many rows it had, and whether the import was undone since."""

    at: datetime.datetime
    rows: int
    is_undone: bool


def last_import() -> LastImport | None:
    """Return the last import of a register file, or None before the first."""
    imports = Import.objects.filter(applied_at__isnull=False).order_by("-applied_at")
    one = imports.only("applied_at", "counts", "undone_at").first()
    if one is None or one.applied_at is None:
        return None
    return LastImport(one.applied_at, one.counts["rows"], one.undone_at is not None)


def is_worker_well() -> bool:
    """Return whether a worker has reported within the last minute."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=timezone.now() - _SILENT_AFTER).exists()
