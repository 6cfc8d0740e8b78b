"""How an account came to be, what was done with it, and how it is used: what a helper has to know of its past."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from egzaminator.accounts.enums import EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.models import Account, EmailChange, Link
from egzaminator.audit.domain.journal import JournalFilter, list_events
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event

_MOST_STEPS: Final = 10
_MOST_LOGINS: Final = 5
_LOGINS_SINCE: Final = datetime.timedelta(days=30)
# What changed who can log in. The rest stands in the person's history.
_STEPS: Final = (
    Tag.ACCOUNT_FROZEN,
    Tag.ACCOUNT_FROZEN_BY_STAFF,
    Tag.ACCOUNT_UNFROZEN,
    Tag.EMAIL_CHANGED,
    Tag.EMAIL_RESTORED,
    Tag.PASSWORD_RESET,
    Tag.PASSWORD_CHANGED,
    Tag.SECOND_FACTOR_ADDED,
    Tag.SECOND_FACTOR_REMOVED,
    Tag.SECOND_FACTOR_RESET,
    Tag.EXAMINER_DECEASED,
    Tag.DEATH_WITHDRAWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How an account came to be."""

    saved_at: datetime.datetime | None
    """When its form was saved; None if that is no longer known."""
    activated_at: datetime.datetime
    email: str
    """The mailbox from which it was activated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A log-in of the account's owner. It has no IP address, which a helper does not need."""

    at: datetime.datetime
    device: str


def origin_of(*, account: Account) -> Origin:
    """Return how an examiner's account came to be."""
    activated = Event.objects.filter(subject=account.id, tag=Tag.ACCOUNT_ACTIVATED).order_by("at").first()
    claim = activated.details.get("claim") if activated else None
    saved = None
    if claim:
        saved = Event.objects.filter(
            subject=account.examiner_id, tag=Tag.CLAIM_SAVED, details__claim=claim
        ).values_list("at", flat=True)
    return Origin(
        saved_at=saved.first() if saved is not None else None,
        activated_at=account.created_at,
        email=_first_email(account, claim),
    )


def _first_email(account: Account, claim: str | None) -> str:
    if claim:
        used = Link.objects.filter(subject=claim, purpose=LinkPurpose.ACTIVATE, used_at__isnull=False).first()
        if used:
            return used.email
    changes = EmailChange.objects.filter(account=account, outcome__in=EmailChangeOutcome.made()).order_by("closed_at")
    first = changes.first()
    return first.old if first else account.email


def latest_steps(*, account: Account) -> list[Event]:
    """Return the latest events that changed who can log in to an account, newest first, at most ten."""
    subjects = (account.id, account.examiner_id) if account.examiner_id else (account.id,)
    return list_events(wanted=JournalFilter(subjects=subjects, tags=_STEPS)).rows[:_MOST_STEPS]


def latest_logins(*, account: Account) -> list[Login]:
    """Return the latest log-ins to an account, newest first, at most five."""
    events = Event.objects.filter(subject=account.id, tag=Tag.LOGIN_SUCCEEDED).order_by("-at")[:_MOST_LOGINS]
    return [Login(at=event.at, device=event.details.get("device", "")) for event in events]


def count_logins(*, account: Account) -> int:
    """Return how many log-ins to an account there were in the last thirty days."""
    since = timezone.now() - _LOGINS_SINCE
    return Event.objects.filter(subject=account.id, tag=Tag.LOGIN_SUCCEEDED, at__gte=since).count()
