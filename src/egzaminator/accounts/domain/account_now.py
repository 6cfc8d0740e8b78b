import uuid
from enum import StrEnum

from egzaminator.accounts.models import Account


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
