"""The acts that wait for a second person."""

from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.staff.domain.act_rows import unanswered_acts
from egzaminator.staff.models import Act

_MOST_ACTS: Final = 50


def list_acts(*, member: Account) -> QuerySet[Act]:
    """Return the waiting acts that a staff member may see, the oldest first, at most fifty. Runs one query."""
    acts = _seen_by(member).select_related("account__examiner", "closed_account__examiner", "asked_by")
    return acts.order_by("asked_at", "id")[:_MOST_ACTS]


def count_acts(*, member: Account) -> int:
    """Return how many of the waiting acts a staff member may see. Their index holds no others."""
    return _seen_by(member).count() if member.has_perm("staff.view_act") else 0


def waiting_act(*, account: Account) -> Act | None:
    """Return the act on an account that waits for a second person, or None."""
    acts = unanswered_acts(accounts=[account]).filter(expires_at__gt=timezone.now())
    return acts.select_related("account__examiner", "closed_account__examiner", "asked_by", "reason").first()


def _seen_by(member: Account) -> QuerySet[Act]:
    whom = Q()
    if not member.has_perm("register.view_examiner"):
        whom &= Q(account__examiner__isnull=True)
    if not member.has_perm("staff.manage_staff"):
        whom &= Q(account__examiner__isnull=False)
    return _waiting().filter(whom)


def _waiting() -> QuerySet[Act]:
    return Act.objects.filter(outcome="", expires_at__gt=timezone.now())
