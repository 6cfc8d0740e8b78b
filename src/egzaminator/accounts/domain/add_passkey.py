from collections.abc import Mapping
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from egzaminator.accounts.domain.begin_second_factor import begin_second_factor
from egzaminator.accounts.domain.factors import PASSKEY
from egzaminator.accounts.domain.lock_account import lock_own
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import TooManyPasskeysError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag

MOST: Final = 10


def add_passkey(
    *,
    account: Account,
    name: str,
    credential: Mapping[str, Any],
    keep: str | None = None,
    address: str | None = None,
) -> bool:
    """Add a passkey, which logs in to the account alone or after the password.

    `name` is what its owner calls it, `credential` is what `read_new_passkey` returns, and `keep` is the digest of the
    current session. The event carries the client's IP address. Return whether this is the account's first second
    factor; if so, recovery codes are made, and every other session ends. Raise `TooManyPasskeysError` if the account
    already has the maximum number.
    """
    with transaction.atomic():
        lock_own(account=account)
        if Authenticator.objects.filter(user=account, type=PASSKEY).count() >= MOST:
            raise TooManyPasskeysError
        WebAuthn.add(account, name, dict(credential))
        record_event(
            tag=Tag.SECOND_FACTOR_ADDED,
            actor=account.id,
            subject=account.id,
            address=address,
            details={"kind": PASSKEY.value},
        )
        tell_owner(account=account, news=SecurityNews.PASSKEY_ADDED)
        return begin_second_factor(account=account, keep=keep, address=address)
