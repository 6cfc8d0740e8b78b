"""Encryption of personal data in columns, and the blind index (keyed hash) by which encrypted values are found.

The cipher is AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D, section 8.2.2). A key id precedes the nonce, so
that keys can be rotated while both are in use. The blind index is HMAC-SHA256 under a separate key. A plain hash would
not do: there are some 2.4e8 PESEL numbers, so a plain hash of one is reversed in minutes.
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
    """No key decrypts a value: it was tampered with or moved to another row, or its key is gone.

    The error carries only the context.
    """

    def __init__(self, context: str) -> None:
        super().__init__(context)
        self.context = context


class EncryptionKeyChangedError(Exception):
    """A key of ENCRYPTION_KEYS is missing or is another one. The message is written for the administrator."""


class IndexKeyChangedError(Exception):
    """BLIND_INDEX_KEY is not the key of the stored blind indexes. The message is written for the administrator."""


def encrypt(text: str, *, context: str) -> bytes:
    """Return the ciphertext of a text, bound to one location: `encrypt_bytes` of its UTF-8."""
    return encrypt_bytes(text.encode(), context=context)


def decrypt(value: bytes | memoryview, *, context: str) -> str:
    """Return the text that `encrypt` encrypted for the same context. Raise `UndecryptableError` if that fails."""
    return decrypt_bytes(value, context=context).decode()


def encrypt_bytes(content: bytes, *, context: str, key_id: str | None = None) -> bytes:
    """Return the ciphertext of a value, bound to one location, with the newest key unless another one is named.

    `context` is the location where the value is stored ("register.examiner.pesel:<row id>"). It is authenticated
    together with the content, so a value that is copied to another row or column does not decrypt there. The result
    holds format, key id, nonce and ciphertext as one value.
    """
    key_id = key_id or newest_key_id()
    key: bytes = settings.ENCRYPTION_KEYS[key_id]
    nonce = os.urandom(_NONCE_BYTES)
    encrypted = _cipher(key).encrypt(nonce, content, _associated(key_id.encode(), context))
    return heading_of(key_id) + nonce + encrypted


def decrypt_bytes(value: bytes | memoryview, *, context: str) -> bytes:
    """Return what `encrypt_bytes` encrypted for the same context. Raise `UndecryptableError` if that fails."""
    value = bytes(value)
    if len(value) < 2 or value[:1] != _FORMAT:  # noqa: PLR2004 -- one byte for the format and one for the length of the key id
        raise UndecryptableError(context)
    start = 2 + value[1]
    label, nonce, encrypted = value[2:start], value[start : start + _NONCE_BYTES], value[start + _NONCE_BYTES :]
    key = settings.ENCRYPTION_KEYS.get(label.decode("ascii", "replace"))
    if key is None or len(nonce) != _NONCE_BYTES:
        raise UndecryptableError(context)
    try:
        return _cipher(key).decrypt(nonce, encrypted, _associated(label, context))
    except InvalidTag:
        raise UndecryptableError(context) from None


def newest_key_id() -> str:
    """Return the id of the key that encrypts new values."""
    key_id: str = next(iter(settings.ENCRYPTION_KEYS))
    return key_id


def heading_of(key_id: str) -> bytes:
    """Return the prefix of every value encrypted with a key: format byte, length of the key id, key id."""
    label = key_id.encode()
    return _FORMAT + bytes([len(label)]) + label


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return the blind index (HMAC-SHA256, 32 bytes) of a value in its normal form.

    `purpose` says what kind of value it is ("pesel"), so that equal values of different kinds have different
    indexes.
    """
    return hmac.digest(settings.BLIND_INDEX_KEY, f"{purpose}\0{value}".encode(), hashlib.sha256)


def index_key_fingerprint() -> bytes:
    """Return 32 bytes that identify the blind index key and disclose nothing about it."""
    return blind_index("", purpose="fingerprint")


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _associated(label: bytes, context: str) -> bytes:
    return label + b"\0" + context.encode()
