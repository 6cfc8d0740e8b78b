"""What protects an account besides its password: authenticator app, passkeys, recovery codes."""

import datetime
from dataclasses import dataclass, field
from typing import Final

from allauth.mfa.models import Authenticator
from django.utils import timezone

from egzaminator.accounts.factor_secrets import secrets_of
from egzaminator.accounts.models import Account

# Long enough to print the codes or write them down. Afterwards, nobody who finds the browser open can read them.
SHOWN_FOR: Final = datetime.timedelta(minutes=10)

RECOVERY: Final = Authenticator.Type.RECOVERY_CODES
APP: Final = Authenticator.Type.TOTP
PASSKEY: Final = Authenticator.Type.WEBAUTHN


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey, as its owner knows it."""

    id: int
    name: str
    added_at: datetime.datetime
    used_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything that protects an account besides its password."""

    app_added_at: datetime.datetime | None = None
    passkeys: list[Passkey] = field(default_factory=list)
    codes_left: int = 0
    fresh_codes: list[str] = field(default_factory=list)
    """The unused recovery codes, for ten minutes after they were made."""

    @property
    def are_any(self) -> bool:
        """Whether a log-in requires a second step."""
        return self.app_added_at is not None or bool(self.passkeys)

    @property
    def takes_codes(self) -> bool:
        """Whether the account has codes that can be typed: the app's or recovery codes."""
        return self.app_added_at is not None or self.codes_left > 0


def factors_of(*, account: Account) -> Factors:
    """Return an account's second factors, passkeys and recovery codes.

    Raise `UndecryptableError` if their secrets cannot be decrypted.
    """
    app_added_at, passkeys, codes, is_fresh = None, [], [], False
    with secrets_of(account.id):
        for row in Authenticator.objects.filter(user=account).order_by("created_at"):
            if row.type == APP:
                app_added_at = row.created_at
            elif row.type == RECOVERY:
                codes = row.wrap().get_unused_codes()
                is_fresh = timezone.now() - row.created_at < SHOWN_FOR
            else:
                passkeys.append(Passkey(row.id, row.wrap().name, row.created_at, row.last_used_at))
    return Factors(app_added_at, passkeys, len(codes), codes if is_fresh else [])
