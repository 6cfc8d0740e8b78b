"""What the panel's first screen counts."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from egzaminator.accounts.enums import AccountState
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Examiner

_KEY: Final = "panel.figures"
# In seconds. The worker counts more often than that; the counts of a worker that stopped are not shown for ever.
_KEPT: Final = 60 * 60
# A worker reports every ten seconds.
_SILENT_AFTER: Final = datetime.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Total:
    """How many people with an active entry there are, and how many of them have an account."""

    accounts: int
    people: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of the register at a moment: of all, and by exam kind. A person may have entries of several kinds."""

    counted_at: datetime.datetime
    examiners: int
    """Everybody in the register, whatever their entries."""
    of_all: Total
    by_kind: dict[ExamKind, Total]


def current_totals() -> Totals:
    """Return the totals as the worker last counted them. Count now if it has not lately."""
    kept: Totals | None = cache.get(_KEY)
    return keep_totals() if kept is None else kept


def keep_totals() -> Totals:
    """Count the totals and keep them in the cache. It reads the whole register, so the worker does it in advance."""
    able = Examiner.objects.filter(entries__state=EntryState.ACTIVE, deceased_on=None)
    counts = {
        "people": Count("pk", distinct=True),
        "accounts": Count("account", distinct=True, filter=~Q(account__state=AccountState.CLOSED)),
    }
    by_kind = able.values_list("entries__scope__exam_kind").annotate(**counts).order_by()
    found = {kind: Total(accounts=accounts, people=people) for kind, people, accounts in by_kind}
    totals = Totals(
        counted_at=timezone.now(),
        examiners=Examiner.objects.count(),
        of_all=Total(**able.aggregate(**counts)),
        by_kind={kind: found[kind] for kind in ExamKind if kind in found},
    )
    cache.set(_KEY, totals, _KEPT)
    return totals


def count_open_claims() -> int:
    """Return how many saved forms wait for their activation. Their index holds no closed ones."""
    return Claim.objects.filter(closed_at__isnull=True, expires_at__gt=timezone.now()).count()


def is_worker_well() -> bool:
    """Return whether a worker has reported within the last minute."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=timezone.now() - _SILENT_AFTER).exists()
