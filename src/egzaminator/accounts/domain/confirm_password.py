import datetime
import uuid
from typing import Final

from egzaminator.accounts.domain.count_attempt import count_attempt
from egzaminator.accounts.domain.prove_password import prove_password
from egzaminator.accounts.enums import Occasion
from egzaminator.accounts.models import Account
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
    _prove(account, password, actor=account.id, address=address)


def confirm_password_by_link(*, account: Account, password: str, address: str | None = None) -> None:
    """Check, for whoever has opened a mailed link, that they know the account's password.

    Raises WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    count_use(limit=BY_LINK, of=str(account.id))
    _prove(account, password, actor=None, address=address)


def _prove(account: Account, password: str, *, actor: uuid.UUID | None, address: str | None) -> None:
    prove_password(
        password=password,
        hashes=[account.password] if account.has_usable_password() else [],
        subject=account.id,
        accepted=Tag.IDENTITY_CONFIRMED,
        refused=Tag.IDENTITY_REFUSED,
        actor=actor,
        address=address,
    )
