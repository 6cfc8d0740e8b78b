"""Passwords that were fine, kept in the page.

One goes back to the page as its encrypted hash, so that nobody types it again because another field was wrong (WCAG
2.2, 3.3.7). It opens only in the scope it was made in.
"""

import base64
import binascii
import uuid

from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt


def seal_password(*, encoded: str, scope_id: uuid.UUID) -> str:
    """Take a password's hash and the scope; give a text for a hidden field."""
    return base64.urlsafe_b64encode(encrypt(encoded, context=_context(scope_id))).decode()


def open_sealed_password(*, sealed: str, scope_id: uuid.UUID) -> str | None:
    """Give the hash back, or None for what was not sealed in this scope."""
    try:
        return decrypt(base64.urlsafe_b64decode(sealed), context=_context(scope_id))
    except (UndecryptableError, binascii.Error, ValueError):
        return None


def move_sealed_password(*, sealed: str, scope_id: uuid.UUID, to_scope_id: uuid.UUID) -> str:
    """Seal a password of one scope for another of the same examiner; give nothing for what was not sealed in it."""
    encoded = open_sealed_password(sealed=sealed, scope_id=scope_id)
    return seal_password(encoded=encoded, scope_id=to_scope_id) if encoded else ""


def _context(scope_id: uuid.UUID) -> str:
    return f"onboarding.sealed-password:{scope_id}"
