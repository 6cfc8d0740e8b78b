from typing import Any

from django.db import transaction

from egzaminator.accounts.domain.lock_account import lock_own
from egzaminator.accounts.models import Account, Profile, ProfileChange
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def change_details(*, account: Account, details: dict[str, Any], address: str | None = None) -> list[ProfileChange]:
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
                actor=account.id,
                subject=account.id,
                address=address,
                details={"fields": [change.field for change in changes]},
            )
    return changes


def _text(value: str | bool) -> str:  # noqa: FBT001 -- the value of a field, which may be a boolean
    if isinstance(value, bool):
        return "yes" if value else ""
    return value
