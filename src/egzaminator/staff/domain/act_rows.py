"""The rows of acts that take two persons: their locks, their ends, and the events about them."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.enums import ActOutcome
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText
from egzaminator.staff.errors import ActClosedError
from egzaminator.staff.models import Act


def unanswered_acts(*, accounts: Iterable[Account]) -> QuerySet[Act]:
    """Return the acts on any of these accounts that have no outcome yet, those that are too old included."""
    return Act.objects.filter(Q(account__in=accounts) | Q(closed_account__in=accounts), outcome="")


def lock_accounts(*, account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Account]:
    """Lock accounts, in the order of their ids; return them by id. Raise `Account.DoesNotExist`."""
    return {account_id: lock_account(account_id=account_id) for account_id in sorted(account_ids)}


def lock_act(*, act_id: uuid.UUID) -> Act:
    """Lock the accounts of an act, and return the act as it is under the locks, with them.

    Raise `ActClosedError` if it no longer waits for an answer, however old it is.
    """
    act = Act.objects.filter(pk=act_id).only("account_id", "closed_account_id").first()
    if act is None:
        raise ActClosedError
    locked = lock_accounts(account_ids={act.account_id, act.closed_account_id or act.account_id})
    act = Act.objects.select_related("asked_by").get(pk=act_id)
    act.account = locked[act.account_id]
    if act.closed_account_id:
        act.closed_account = locked[act.closed_account_id]
    if act.outcome:
        raise ActClosedError
    return act


def end_act(*, act: Act, outcome: ActOutcome, by: Account | None = None) -> None:
    """End an act by one conditional UPDATE. Raise `ActClosedError` if a concurrent answer ended it first."""
    now = timezone.now()
    if not Act.objects.filter(pk=act.pk, outcome="").update(outcome=outcome, answered_at=now, answered_by=by):
        raise ActClosedError


def record_act(*, act: Act, tag: Tag, by: Actor = SYSTEM, reason: StaffText | None = None) -> None:
    """Record what happened to an act, for each of its accounts."""
    for account in act.accounts:
        record_event(
            tag=tag,
            by=by,
            subject=account.id,
            details={"kind": act.kind, "act": str(act.id)},
            reason=reason or "",
        )


def actor_for(member: Account | None, ip: str | None) -> Actor:
    """Return a staff member as the actor of events; None is an administrator, by command, or the worker."""
    return Actor(member.id if member else None, ip)
