"""Row locks on an account, and checks under the lock that it is as it was."""

from django.contrib.sessions.exceptions import SessionInterrupted

from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account


def lock_account(*, account: Account) -> None:
    """Lock an account's row until the caller's transaction ends, so that its factors change one at a time."""
    Account.objects.select_for_update().only("id").get(pk=account.pk)


def lock_own(*, account: Account) -> None:
    """Lock the account of the logged-in person, in the caller's transaction, as the request found it.

    A new password and freezing end the account's sessions. A request of such a session that was running meanwhile has
    waited for this lock, and must not bind anything to an account that was just taken back. Raise `SessionInterrupted`
    if the account is no longer active or has another password.
    """
    if not is_as_found(account=account):
        raise SessionInterrupted


def is_as_found(*, account: Account) -> bool:
    """Lock an account that was read before, in the caller's transaction; return whether it is unchanged.

    Unchanged means: active, with the same password.
    """
    locked = Account.objects.select_for_update().only("password", "is_active").get(pk=account.pk)
    return locked.is_active and locked.password == account.password


def lock_proven(*, account: Account) -> Account:
    """Lock an account whose password was just confirmed, in the caller's transaction; return its present row.

    Raise `WrongPasswordError` if the password was changed, or the account blocked, in between.
    """
    locked = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
    if locked.password != account.password or not locked.is_active:
        raise WrongPasswordError
    return locked
