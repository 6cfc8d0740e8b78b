"""The acts that wait for a second person."""

from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.staff.domain.act_rows import unanswered_acts
from egzaminator.staff.models import Act

VIEW_ACT: Final = "staff.view_act"


def waiting_acts(*, member: Account | None) -> QuerySet[Act]:
    """Return the waiting acts that a staff member may see (None: all). Their index holds no others."""
    acts = Act.objects.filter(outcome="", expires_at__gt=timezone.now())
    if member is None:
        return acts
    whom = Q()
    if not member.has_perm("register.view_examiner"):
        whom &= Q(account__examiner__isnull=True)
    if not member.has_perm("staff.manage_staff"):
        whom &= Q(account__examiner__isnull=False)
    return acts.filter(whom)


def waiting_act(*, account: Account) -> Act | None:
    """Return the act on an account that waits for a second person, or None."""
    acts = unanswered_acts(accounts=[account]).filter(expires_at__gt=timezone.now())
    return acts.select_related("account__examiner", "closed_account__examiner", "asked_by", "reason").first()
