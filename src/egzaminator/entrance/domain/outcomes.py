"""What a log-in opens if it is not refused."""

from dataclasses import dataclass

from egzaminator.accounts.models import Account
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The secret is the password of an account."""

    account: Account


@dataclass(frozen=True, slots=True)
class ClaimOpened:
    """The secret is the password of an open claim, which waits for activation."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """The secret is an active registration number of an examiner without an account."""

    entry: Entry


Outcome = AccountOpened | ClaimOpened | FirstLogin
