from egzaminator.accounts.domain.count_attempt import count_attempt
from egzaminator.accounts.domain.match_password import match_password
from egzaminator.accounts.enums import Occasion
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def confirm_password(*, account: Account, password: str, address: str | None = None) -> None:
    """Check, for somebody who is logged in, that they know the account's password.

    Raises WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    count_attempt(account=account, occasion=Occasion.CONFIRMATION, address=address)
    hashes = [account.password] if account.has_usable_password() else []
    if match_password(password=password, hashes=hashes) is None:
        record_event(tag=Tag.IDENTITY_REFUSED, actor=account.id, subject=account.id, address=address)
        raise WrongPasswordError
