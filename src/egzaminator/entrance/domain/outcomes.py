"""What a login can come to, when it is not refused."""

from dataclasses import dataclass

from egzaminator.accounts.models import Account
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The password of an account."""

    account: Account


@dataclass(frozen=True, slots=True)
class ClaimOpened:
    """The password of a form that waits for activation."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """An active registration number of an examiner without an account."""

    entry: Entry


Outcome = AccountOpened | ClaimOpened | FirstLogin
