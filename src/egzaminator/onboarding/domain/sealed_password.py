"""Valid passwords, carried in the form as encrypted hashes.

When another field is wrong, the hash of a valid password goes back to the page encrypted, so that nobody types it again
(WCAG 2.2, success criterion 3.3.7). It can be decrypted only under the claim grant that it was encrypted for.
"""

import base64
import binascii
import uuid

from egzaminator.kernel.encryption import UndecryptableError, decrypt, encrypt


def seal_password(*, encoded: str, scope_id: uuid.UUID) -> str:
    """Encrypt a password's hash for a claim grant; return URL-safe Base64 text for a hidden field."""
    return base64.urlsafe_b64encode(encrypt(encoded, context=_context(scope_id))).decode()


def open_sealed_password(*, sealed: str, scope_id: uuid.UUID) -> str | None:
    """Return the decrypted hash, or None if the text was not encrypted for this claim grant."""
    try:
        return decrypt(base64.urlsafe_b64decode(sealed), context=_context(scope_id))
    except (UndecryptableError, binascii.Error, ValueError):
        return None


def move_sealed_password(*, sealed: str, scope_id: uuid.UUID, to_scope_id: uuid.UUID) -> str:
    """Encrypt a hash anew for another claim grant of the same examiner.

    Return "" if the text was not encrypted for the first grant.
    """
    encoded = open_sealed_password(sealed=sealed, scope_id=scope_id)
    return seal_password(encoded=encoded, scope_id=to_scope_id) if encoded else ""


def _context(scope_id: uuid.UUID) -> str:
    return f"onboarding.sealed-password:{scope_id}"
