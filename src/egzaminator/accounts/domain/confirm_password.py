import datetime
from typing import Final

from egzaminator.accounts.domain.count_attempt import count_attempt
from egzaminator.accounts.domain.match_password import match_password
from egzaminator.accounts.enums import Occasion
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit

# Apart from the owner's own attempts: a stranger who gets a mistyped e-mail must not keep the owner from their account.
BY_LINK: Final = Limit("account.password-by-link", most=10, period=datetime.timedelta(hours=1))


def confirm_password(*, account: Account, password: str, address: str | None = None) -> None:
    """Check, for somebody who is logged in, that they know the account's password.

    Raises WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    count_attempt(account=account, occasion=Occasion.CONFIRMATION, address=address)
    _compare(account, password, address)


def confirm_password_by_link(*, account: Account, password: str, address: str | None = None) -> None:
    """Check, for whoever has opened a mailed link, that they know the account's password.

    Raises WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    count_use(limit=BY_LINK, of=str(account.id))
    _compare(account, password, address)


def _compare(account: Account, password: str, address: str | None) -> None:
    hashes = [account.password] if account.has_usable_password() else []
    if match_password(password=password, hashes=hashes) is None:
        record_event(tag=Tag.IDENTITY_REFUSED, actor=account.id, subject=account.id, address=address)
        raise WrongPasswordError
