"""Accounts: find one, say what it is now, change details."""

import uuid
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.accounts.domain.locks import lock_own
from egzaminator.accounts.domain.reviews import forget_acceptances, report_changes
from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account, Profile, ProfileChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.statements import change
from egzaminator.register.domain.examiners import examiners_numbered


def find_account(*, whose: str) -> Account | None:
    """Return the account with an examiner's registration number or a staff member's e-mail address, or None."""
    if "@" in whose:
        return staff_with_email(email=whose).first()
    return Account.objects.filter(examiner__in=examiners_numbered(number=whose)).first()


def staff_with_email(*, email: str) -> QuerySet[Account]:
    """Return the query for the staff account with an e-mail address as typed: one row or none.

    Closed accounts of former staff do not count. Staff e-mail addresses are printable ASCII. Without the check, some
    collations would match "ı" with "i", and PostgreSQL would reject NUL.
    """
    known = email if email.isascii() and email.isprintable() else ""
    staff = Account.objects.filter(examiner__isnull=True).exclude(state=AccountState.CLOSED)
    return staff.filter(email__iexact=known)


def note_login(*, user: Account, **_signal: object) -> None:
    """Store the time of a log-in, in place of Django's receiver, which makes the statement anew at every log-in."""
    user.last_login = timezone.now()
    change("UPDATE accounts_account SET last_login = %s WHERE id = %s", [user.last_login, user.id])


class AccountNow(StrEnum):
    """What an account is at the moment when somebody opens a link about it."""

    ACTIVE = "active"
    BLOCKED = "blocked"  # frozen or closed: nobody can log in
    GONE = "gone"  # deleted, or it never existed


def account_now(*, account_id: uuid.UUID | None) -> AccountNow:
    """Return what an account is now; `account_id` may be None or the id of a deleted account."""
    account = Account.objects.filter(pk=account_id).first() if account_id else None
    if account is None:
        return AccountNow.GONE
    return AccountNow.ACTIVE if account.is_active else AccountNow.BLOCKED


def change_details(*, account: Account, details: dict[str, Any], ip: str | None = None) -> list[ProfileChange]:
    """Save an examiner's details, and notify the board of each field that changed.

    `details` holds all details, by the field names of `Details`. The event carries the client's IP address. Return the
    changes, with old and new values; an empty list if nothing changed.
    """
    with transaction.atomic():
        lock_own(account=account)
        profile = Profile.objects.select_for_update().get(account=account)
        changes = []
        for field, new in details.items():
            old = getattr(profile, field)
            if old != new:
                changes.append(ProfileChange(account=account, field=field, old=_text(old), new=_text(new)))
                setattr(profile, field, new)
        if changes:
            forget_acceptances(profile=profile, fields={change.field for change in changes})
            profile.save()
            report_changes(account=account, changes=changes)
            record_event(
                tag=Tag.DETAILS_CHANGED,
                by=Actor(account.id, ip),
                subject=account.id,
                details={"fields": [change.field for change in changes]},
            )
    return changes


def _text(value: str | bool) -> str:  # noqa: FBT001 -- the value of a field, which may be a boolean
    if isinstance(value, bool):
        return "yes" if value else ""
    return value
