"""Valid passwords, carried in the form as encrypted hashes.

When another field is wrong, the hash of a valid password goes back to the page encrypted, so that nobody types it again
(WCAG 2.2, success criterion 3.3.7). It can be decrypted only under the claim grant that it was encrypted for.
"""

import base64
import binascii
import datetime
import math
import uuid
from dataclasses import dataclass, replace
from typing import Final, Self

from django.utils import timezone

from egzaminator.core.encryption import UndecryptableError, decrypt, encrypt

LIFETIME: Final = datetime.timedelta(minutes=30)
# The page offers to prolong the grant when this much is left (WCAG 2.2, success criterion 2.2.1).
WARNING: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ClaimScope:
    """The claim grant of a first login: permission to fill in one form for one examiner, for 30 minutes.

    It lives in the session, which must not hold a PESEL. So it refers to the examiner and the entry by their keys.
    """

    id: uuid.UUID
    examiner_id: uuid.UUID
    entry_id: int
    expires_at: datetime.datetime

    @property
    def is_over(self) -> bool:
        """Whether the grant has expired."""
        return self.expires_at <= timezone.now()

    @property
    def seconds_left(self) -> int:
        """Seconds until the grant expires, rounded up; 0 afterwards."""
        return max(0, math.ceil((self.expires_at - timezone.now()).total_seconds()))

    def prolonged(self) -> Self:
        """Return a copy that expires 30 minutes from now."""
        return replace(self, expires_at=timezone.now() + LIFETIME)

    def to_mark(self) -> str:
        """Return the grant as the subject of a form's mark, without the expiry: only the session knows that."""
        return f"{self.id} {self.examiner_id} {self.entry_id}"

    @classmethod
    def from_mark(cls, marked: str) -> Self:
        """Return the grant that `to_mark` wrote, as an expired one: a mark does not carry the expiry."""
        scope_id, examiner_id, entry_id = marked.split()
        return cls(uuid.UUID(scope_id), uuid.UUID(examiner_id), int(entry_id), timezone.now())

    def to_session(self) -> dict[str, str | int]:
        """Return the grant as JSON values for the session."""
        return {
            "id": str(self.id),
            "examiner": str(self.examiner_id),
            "entry": self.entry_id,
            "expires_at": self.expires_at.isoformat(),
        }

    @classmethod
    def from_session(cls, kept: dict[str, str]) -> Self:
        """Return the grant that `to_session` wrote."""
        return cls(
            id=uuid.UUID(kept["id"]),
            examiner_id=uuid.UUID(kept["examiner"]),
            entry_id=int(kept["entry"]),
            expires_at=datetime.datetime.fromisoformat(kept["expires_at"]),
        )


def open_scope(*, examiner_id: uuid.UUID, entry_id: int) -> ClaimScope:
    """Return a new claim grant for a first login that was just accepted."""
    return ClaimScope(uuid.uuid4(), examiner_id, entry_id, timezone.now() + LIFETIME)


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
