"""The secret of an app that is being set up, kept in the page: the server keeps it once a code has proven it.

A seal ends: whoever once had an hour at the owner's browser must not have it offered to them later, as their own.
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
    """Take an app's secret; give a text for a hidden field, which opens for the same account only, for half an hour."""
    text = f"{int(timezone.now().timestamp())} {secret}"
    return base64.urlsafe_b64encode(encrypt(text, context=_context(account))).decode()


def open_sealed_secret(*, account: Account, sealed: str) -> str | None:
    """Give the secret back, or None for what was not sealed for this account, or too long ago."""
    try:
        sealed_at, secret = decrypt(base64.urlsafe_b64decode(sealed), context=_context(account)).split()
        is_over = timezone.now().timestamp() - int(sealed_at) >= _LIVES.total_seconds()
    except (UndecryptableError, binascii.Error, ValueError):
        return None
    return None if is_over else secret


def _context(account: Account) -> str:
    return f"accounts.sealed-secret:{account.id}"
