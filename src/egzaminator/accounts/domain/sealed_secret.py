"""The secret of an app that is being set up, kept in the page: the server keeps it once a code has proven it."""

import base64
import binascii

from egzaminator.accounts.models import Account
from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt


def seal_secret(*, account: Account, secret: str) -> str:
    """Take an app's secret; give a text for a hidden field, which opens for the same account only."""
    return base64.urlsafe_b64encode(encrypt(secret, context=_context(account))).decode()


def open_sealed_secret(*, account: Account, sealed: str) -> str | None:
    """Give the secret back, or None for what was not sealed for this account."""
    try:
        return decrypt(base64.urlsafe_b64decode(sealed), context=_context(account))
    except (UndecryptableError, binascii.Error, ValueError):
        return None


def _context(account: Account) -> str:
    return f"accounts.sealed-secret:{account.id}"
