"""Encryption of second-factor secrets. allauth passes them as strings, without the account they belong to.

Each account has its own key (`SecondFactorKey`). The key is encrypted like all personal data and bound to the account,
so a secret copied to another account cannot be decrypted there.
"""

import base64
import datetime
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from egzaminator.accounts.models import SECOND_FACTOR_KEY_LOCATION, Account, SecondFactorKey
from egzaminator.core.encrypted_fields import context_of
from egzaminator.core.encryption import KEY_BYTES, UndecryptableError, decrypt, encrypt
from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form

_NONCE_BYTES: Final = 12
# How long the page of a new authenticator app may stay open.
_NEW_SECRET_LIFETIME: Final = datetime.timedelta(minutes=30)
_owner: ContextVar[uuid.UUID] = ContextVar("owner of the secrets in hand")


@contextmanager
def secrets_of(account_id: uuid.UUID) -> Iterator[None]:
    """Set the account that secrets inside the block are encrypted and decrypted for.

    No other account's secrets are accessible.
    """
    token = _owner.set(account_id)
    try:
        yield
    finally:
        _owner.reset(token)


def encrypt_text(secret: str) -> str:
    """Return a secret encrypted for the current account, as Base64. Raise `LookupError` outside `secrets_of`."""
    nonce = os.urandom(_NONCE_BYTES)
    encrypted = AESGCM(_key(_new_key)).encrypt(nonce, secret.encode(), None)
    return base64.b64encode(nonce + encrypted).decode()


def decrypt_text(encrypted: str) -> str:
    """Return the secret that `encrypt_text` encrypted for the same account.

    Raise `UndecryptableError` if it cannot be decrypted, and `LookupError` outside `secrets_of`.
    """
    value = base64.b64decode(encrypted)
    try:
        return AESGCM(_key(_no_key)).decrypt(value[:_NONCE_BYTES], value[_NONCE_BYTES:], None).decode()
    except InvalidTag:
        raise UndecryptableError(_context()) from None


def encrypt_new_secret(*, account: Account, secret: str) -> str:
    """Return the secret of an app that is being added, encrypted for a hidden field of this account's form.

    It decrypts for half an hour.
    """
    return encrypt_for_form(secret, context=_form_context(account), lifetime=_NEW_SECRET_LIFETIME)


def decrypt_new_secret(*, account: Account, encrypted: str) -> str | None:
    """Return the secret, or None if it was not encrypted for this account, or too long ago."""
    return decrypt_from_form(encrypted, context=_form_context(account))


def _form_context(account: Account) -> str:
    return f"accounts.encrypted-secret:{account.id}"


def _key(make: Callable[[], SecondFactorKey]) -> bytes:
    row = SecondFactorKey.objects.filter(pk=_owner.get()).first() or make()
    return base64.b64decode(decrypt(row.key_encrypted, context=_context()))


def _new_key() -> SecondFactorKey:
    key = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    made, _ = SecondFactorKey.objects.get_or_create(
        pk=_owner.get(), defaults={"key_encrypted": encrypt(key, context=_context())}
    )
    return made


def _no_key() -> SecondFactorKey:
    raise UndecryptableError(_context())


def _context() -> str:
    return context_of(SECOND_FACTOR_KEY_LOCATION, _owner.get())
