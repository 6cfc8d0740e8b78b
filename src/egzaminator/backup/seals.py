"""Seals: proofs that a backup or its journal was written by whoever has ENCRYPTION_KEYS.

Anybody can encrypt to a public key. Without a seal, whoever can write where backups are kept could put one of their own
there, with an account of theirs in it.
"""

import hashlib
import hmac

from django.conf import settings

from egzaminator.backup.errors import BackupError
from egzaminator.core.encryption import newest_key_id


def make_seal(content: bytes, *, purpose: str) -> str:
    """Return the seal of a content under the newest encryption key: the key's id and an HMAC."""
    key_id = newest_key_id()
    return f"{key_id}:{_digest(key_id, content, purpose)}"


def is_sealed(content: bytes, seal: str, *, purpose: str) -> bool:
    """Return whether a seal is the one of a content."""
    key_id, _, digest = seal.partition(":")
    return key_id in settings.ENCRYPTION_KEYS and hmac.compare_digest(_digest(key_id, content, purpose), digest)


def require_seal(content: bytes, seal: str, *, purpose: str) -> None:
    """Raise `BackupError` if a seal is not the one of a content."""
    key_id = seal.partition(":")[0]
    if key_id not in settings.ENCRYPTION_KEYS:
        raise BackupError(
            f"ENCRYPTION_KEYS lacks the key {key_id[:32] or '?'} that the backup was made with, so nothing in it could "
            "be read. Put in the keys that were kept apart from the backups."
        )
    if not is_sealed(content, seal, purpose=purpose):
        raise BackupError(
            f"The backup was made by somebody else, or with another key than the {key_id} of ENCRYPTION_KEYS. Put in "
            "the keys that were kept apart from the backups; if they are the right ones, do not trust this file."
        )


def _digest(key_id: str, content: bytes, purpose: str) -> str:
    key: bytes = settings.ENCRYPTION_KEYS[key_id]
    return hmac.digest(key, f"backup {purpose}\0".encode() + content, hashlib.sha256).hex()
