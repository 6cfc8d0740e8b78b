"""Accounts: find one, say what it is now, invite staff, change details."""

import uuid
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.locks import lock_own
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import StaffExistsError
from egzaminator.accounts.models import ADMINISTRATORS_GROUP, STAFF_GROUP, Account, Profile, ProfileChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_reset
from egzaminator.register.domain.examiners import examiners_numbered


def find_account(*, whose: str) -> Account | None:
    """Return the account with an examiner's registration number or a staff member's e-mail address, or None."""
    if "@" in whose:
        return staff_with_email(email=whose).first()
    return Account.objects.filter(examiner__in=examiners_numbered(number=whose)).first()


def staff_with_email(*, email: str) -> QuerySet[Account]:
    """Return the query for the staff account with an e-mail address as typed: one row or none.

    Staff e-mail addresses are printable ASCII. Without the check, some collations would match "ı" with "i", and
    PostgreSQL would reject NUL.
    """
    known = email if email.isascii() and email.isprintable() else ""
    return Account.objects.filter(examiner__isnull=True, email__iexact=known)


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


def invite_staff(
    *, name: str, email: str, invited_by: Account | None = None, is_administrator: bool = False
) -> Account:
    """Create an account for one of the board's staff, and send them a link to set its password.

    `name` is the full name, and `email` the work e-mail address, by which they log in. `invited_by` is the inviting
    staff account (None: an administrator, by command); it is kept because neither of the two may confirm what the other
    asks for. `is_administrator` tells whether they may also change how the board is reached. Raise `StaffExistsError`
    if a staff account has this e-mail address.
    """
    with transaction.atomic():
        account = _create(name, email, invited_by)
        groups = [STAFF_GROUP, ADMINISTRATORS_GROUP] if is_administrator else [STAFF_GROUP]
        account.groups.add(*(Group.objects.get_or_create(name=group)[0] for group in groups))
        link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=email, language=account.language)
        queue_reset(account_id=account.id, to=recipient_of(account), link=link)
        record_event(tag=Tag.STAFF_INVITED, by=Actor(invited_by.id if invited_by else None), subject=account.id)
    return account


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
            profile.save()
            ProfileChange.objects.bulk_create(changes)
            record_event(
                tag=Tag.DETAILS_CHANGED,
                by=Actor(account.id, ip),
                subject=account.id,
                details={"fields": [change.field for change in changes]},
            )
    return changes


def _create(name: str, email: str, invited_by: Account | None) -> Account:
    try:
        with transaction.atomic():
            return Account.objects.create(name=name, email=email, password=make_password(None), invited_by=invited_by)
    except IntegrityError:
        raise StaffExistsError from None


def _text(value: str | bool) -> str:  # noqa: FBT001 -- the value of a field, which may be a boolean
    if isinstance(value, bool):
        return "yes" if value else ""
    return value
