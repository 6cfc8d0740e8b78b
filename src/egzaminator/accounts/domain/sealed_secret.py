"""The secret of an authenticator app that is being set up, encrypted in the page until a code has proven it.

Only then does the server store the secret. The encrypted text expires: a person who once had an hour at the owner's
browser must not plant a secret that is offered to the owner later, as the owner's own.
"""

import base64
import binascii
import datetime
from typing import Final

from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt

_LIVES: Final = datetime.timedelta(minutes=30)


def seal_secret(*, account: Account, secret: str) -> str:
    """Return an app's secret encrypted for a hidden field.

    The text can be decrypted only for the same account, and only for half an hour.
    """
    text = f"{int(timezone.now().timestamp())} {secret}"
    return base64.urlsafe_b64encode(encrypt(text, context=_context(account))).decode()


def open_sealed_secret(*, account: Account, sealed: str) -> str | None:
    """Return the secret, or None if it was not encrypted for this account, or too long ago."""
    try:
        sealed_at, secret = decrypt(base64.urlsafe_b64decode(sealed), context=_context(account)).split()
        is_over = timezone.now().timestamp() - int(sealed_at) >= _LIVES.total_seconds()
    except (UndecryptableError, binascii.Error, ValueError):
        return None
    return None if is_over else secret


def _context(account: Account) -> str:
    return f"accounts.sealed-secret:{account.id}"
