"""The claim grant: what a first login permits, and the accepted password that its form carries."""

import datetime
import math
import uuid
from dataclasses import dataclass, replace
from typing import Final, Self

from django.utils import timezone

from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form

LIFETIME: Final = datetime.timedelta(minutes=30)
# The page offers to prolong the grant when this much is left (WCAG 2.2, success criterion 2.2.1).
WARNING: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ClaimGrant:
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
        grant_id, examiner_id, entry_id = marked.split()
        return cls(uuid.UUID(grant_id), uuid.UUID(examiner_id), int(entry_id), timezone.now())

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


def open_grant(*, examiner_id: uuid.UUID, entry_id: int) -> ClaimGrant:
    """Return a new claim grant for a first login that was just accepted."""
    return ClaimGrant(uuid.uuid4(), examiner_id, entry_id, timezone.now() + LIFETIME)


def encrypt_password(*, encoded: str, grant_id: uuid.UUID) -> str:
    """Encrypt the hash of a valid password for a hidden field, so that nobody types the password again.

    Another field of the form is wrong, and the page comes back (WCAG 2.2, success criterion 3.3.7).
    """
    return encrypt_for_form(encoded, context=_context(grant_id))


def decrypt_password(*, encrypted: str, grant_id: uuid.UUID) -> str | None:
    """Return the decrypted hash, or None if the text was not encrypted for this claim grant."""
    return decrypt_from_form(encrypted, context=_context(grant_id))


def reencrypt_password(*, encrypted: str, grant_id: uuid.UUID, to_grant_id: uuid.UUID) -> str:
    """Encrypt a hash anew for another claim grant of the same examiner.

    Return "" if the text was not encrypted for the first grant.
    """
    encoded = decrypt_password(encrypted=encrypted, grant_id=grant_id)
    return encrypt_password(encoded=encoded, grant_id=to_grant_id) if encoded else ""


def _context(grant_id: uuid.UUID) -> str:
    return f"onboarding.encrypted-password:{grant_id}"
