from django.db import transaction

from egzaminator.accounts.domain.confirm_password import confirm_password
from egzaminator.accounts.domain.lock_account import lock_proven
from egzaminator.accounts.domain.match_password import hash_password
from egzaminator.accounts.domain.set_password import set_password
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def change_password(
    *, account: Account, current: str, password: str, keep: str, device: str = "", address: str | None = None
) -> Account:
    """Set a new password for a logged-in person who knows the present one, and end every other session.

    `current` is as typed, and `password` has passed the policy. `keep` is the digest of the session that continues, and
    `device` is the device token of its browser. The event carries the client's IP address. Return the account as it is
    now. Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `HashingBusyError` on overload.
    """
    confirm_password(account=account, password=current, address=address)
    # Before the row lock is taken: hashing is so slow that others would have to wait for the lock.
    encoded = hash_password(password=password, salt=account.examiner.password_salt if account.examiner else None)
    with transaction.atomic():
        account = lock_proven(account=account)
        set_password(account=account, encoded=encoded, keep=keep, device=device)
        record_event(tag=Tag.PASSWORD_CHANGED, actor=account.id, subject=account.id, address=address)
    return account
