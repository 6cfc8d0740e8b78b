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
    """Set a new password for somebody who is logged in and knows the present one; every other session ends.

    Takes the account, the present password as typed, a new one that the policy let through, the digest of the session
    that goes on, the token that its browser is known by, and the client's IP address. Gives the account as it is now.
    Raises WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    confirm_password(account=account, password=current, address=address)
    # Before the lock: hashing takes long enough to hold nobody up with.
    encoded = hash_password(password=password, salt=account.examiner.password_salt if account.examiner else None)
    with transaction.atomic():
        account = lock_proven(account=account)
        set_password(account=account, encoded=encoded, keep=keep, device=device)
        record_event(tag=Tag.PASSWORD_CHANGED, actor=account.id, subject=account.id, address=address)
    return account
