"""Checks of an account's password apart from the log-in: within a session, or after a mailed link."""

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

# Counted apart from the owner's own attempts: a stranger who gets a mistyped e-mail must not lock the owner out.
BY_LINK: Final = Limit("account.password-by-link", most=10, period=datetime.timedelta(hours=1))


def confirm_password(*, account: Account, password: str, address: str | None = None) -> None:
    """Check that a logged-in person knows the account's password.

    Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `HashingBusyError` on overload.
    """
    count_attempt(account=account, occasion=Occasion.CONFIRMATION, address=address)
    _prove(account, password, actor=account.id, address=address)


def confirm_password_by_link(*, account: Account, password: str, address: str | None = None) -> None:
    """Check that a person who opened a mailed link knows the account's password.

    Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `HashingBusyError` on overload.
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
