from django.contrib.sessions.exceptions import SessionInterrupted

from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account


def lock_account(*, account: Account) -> None:
    """Hold an account's row until the caller's transaction ends, so that its factors change one at a time."""
    Account.objects.select_for_update().only("id").get(pk=account.pk)


def lock_own(*, account: Account) -> None:
    """Lock, in the caller's transaction, the account of whoever is logged in, as the request found it.

    A new password and freezing end its sessions. What a session was doing meanwhile waited here, and must not bind
    anything to an account that was just taken back. Raises SessionInterrupted.
    """
    if not is_as_found(account=account):
        raise SessionInterrupted


def is_as_found(*, account: Account) -> bool:
    """Lock, in the caller's transaction, an account that was read before; tell whether it is as it was.

    That is: active, with the same password.
    """
    locked = Account.objects.select_for_update().only("password", "is_active").get(pk=account.pk)
    return locked.is_active and locked.password == account.password


def lock_proven(*, account: Account) -> Account:
    """Lock, in the caller's transaction, an account whose password was just confirmed; give it as it is then.

    Raises WrongPasswordError when the password was changed, or the account blocked, in between.
    """
    locked = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
    if locked.password != account.password or not locked.is_active:
        raise WrongPasswordError
    return locked
