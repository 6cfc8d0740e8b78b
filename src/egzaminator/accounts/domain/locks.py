"""Row locks on accounts. No other module locks an account's row, but for one statement in `devices.py`.

Whoever locks several rows takes the locks in one order, so that no two transactions deadlock: the examiner, the
examiner's entries, the account, then the rows that belong to the account (profile, second factors, sessions). Every
function needs a transaction of the caller's, and the lock lasts until its end.
"""

import uuid

from django.contrib.sessions.exceptions import SessionInterrupted

from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account


def lock_account(*, account_id: uuid.UUID) -> Account:
    """Lock an account; return its row as it is under the lock, with its examiner. Raise `Account.DoesNotExist`."""
    return Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account_id)


def lock_unchanged(*, account: Account) -> Account | None:
    """Lock an account that was read before; return its present row, or None if it changed in between.

    Unchanged means: active, with the same password, and not deleted.
    """
    try:
        locked = lock_account(account_id=account.id)
    except Account.DoesNotExist:
        return None
    return locked if locked.is_active and locked.password == account.password else None


def lock_own(*, account: Account) -> None:
    """Lock the account of the logged-in person, as the request found it.

    A new password and freezing end the account's sessions. A request of such a session that was running meanwhile has
    waited for this lock, and must not bind anything to an account that was just taken back. Raise `SessionInterrupted`
    if the account is no longer active has another password, or is deleted.
    """
    if lock_unchanged(account=account) is None:
        raise SessionInterrupted


def lock_proven(*, account: Account) -> Account:
    """Lock an account whose password was just confirmed; return its present row.

    Raise `WrongPasswordError` if the password was changed, or the account blocked, in between.
    """
    locked = lock_unchanged(account=account)
    if locked is None:
        raise WrongPasswordError
    return locked
