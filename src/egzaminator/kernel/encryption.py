"""Encryption of personal data in columns, and the keyed index that finds them.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D, section 8.2.2) and a key id in front, so that keys can be
rotated while both are in use. The index is HMAC-SHA256 under a key of its own: a plain hash of a PESEL is reversed in
minutes, there being some 2.4e8 of them.
"""

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FORMAT: Final = b"\x01"


class UndecryptableError(Exception):
    """A value that no key opens: tampered with, moved to another row, or its key is gone. Carries the context only."""

    def __init__(self, context: str) -> None:
        super().__init__(context)
        self.context = context


class IndexKeyChangedError(Exception):
    """PESEL_INDEX_KEY is not the key that people are found by. Its text is what the administrator reads."""


def encrypt(text: str, *, context: str) -> bytes:
    """Encrypt a text for one place.

    Takes the text and the place it is kept in ("register.examiner.pesel:<row id>"), which is authenticated with it, so
    that a value copied to another row or column does not open there. Gives format, key id, nonce and ciphertext as one
    value.
    """
    keys: dict[str, bytes] = settings.PESEL_ENCRYPTION_KEYS
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), _associated(key_id.encode(), context))
    return heading_of(key_id) + nonce + sealed


def decrypt(value: bytes | memoryview, *, context: str) -> str:
    """Open what `encrypt` made for the same context. Raises UndecryptableError."""
    value = bytes(value)
    if len(value) < 2 or value[:1] != _FORMAT:  # noqa: PLR2004 -- the format byte and the length of the key id
        raise UndecryptableError(context)
    start = 2 + value[1]
    label, nonce, sealed = value[2:start], value[start : start + _NONCE_BYTES], value[start + _NONCE_BYTES :]
    key = settings.PESEL_ENCRYPTION_KEYS.get(label.decode("ascii", "replace"))
    if key is None or len(nonce) != _NONCE_BYTES:
        raise UndecryptableError(context)
    try:
        return _cipher(key).decrypt(nonce, sealed, _associated(label, context)).decode()
    except InvalidTag:
        raise UndecryptableError(context) from None


def newest_key_id() -> str:
    """Give the id of the key that encrypts."""
    key_id: str = next(iter(settings.PESEL_ENCRYPTION_KEYS))
    return key_id


def heading_of(key_id: str) -> bytes:
    """Give the bytes that every value encrypted with a key begins with: format, length of the id, id."""
    label = key_id.encode()
    return _FORMAT + bytes([len(label)]) + label


def blind_index(value: str, *, purpose: str) -> bytes:
    """Take a value in its normal form and what it is ("pesel"); give the 32 bytes it is found or counted by."""
    return hmac.digest(settings.PESEL_INDEX_KEY, f"{purpose}\0{value}".encode(), hashlib.sha256)


def index_key_fingerprint() -> bytes:
    """Give 32 bytes by which the index key is known again, and that tell nothing of it."""
    return blind_index("", purpose="fingerprint")


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _associated(label: bytes, context: str) -> bytes:
    return label + b"\0" + context.encode()
