import datetime
import math
import uuid
from dataclasses import dataclass, replace
from typing import Final, Self

from django.utils import timezone

LIFETIME: Final = datetime.timedelta(minutes=30)
# The page offers more time when this much is left (WCAG 2.2, 2.2.1).
WARNING: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ClaimScope:
    """What a first login grants: to fill in one form for one examiner, for half an hour.

    It lives in the session, which must not hold a PESEL: it names the examiner and the entry by their keys.
    """

    id: uuid.UUID
    examiner_id: uuid.UUID
    entry_id: int
    expires_at: datetime.datetime

    @property
    def is_over(self) -> bool:
        """Whether its time has run out."""
        return self.expires_at <= timezone.now()

    @property
    def seconds_left(self) -> int:
        """Seconds until it is over, those begun counted whole."""
        return max(0, math.ceil((self.expires_at - timezone.now()).total_seconds()))

    def prolonged(self) -> Self:
        """Give the same scope with its half hour beginning now."""
        return replace(self, expires_at=timezone.now() + LIFETIME)

    def to_mark(self) -> str:
        """Give the scope as what a form is marked with; the time is the session's to know."""
        return f"{self.id} {self.examiner_id} {self.entry_id}"

    @classmethod
    def from_mark(cls, marked: str) -> Self:
        """Read what `to_mark` gave; the scope is over."""
        scope_id, examiner_id, entry_id = marked.split()
        return cls(uuid.UUID(scope_id), uuid.UUID(examiner_id), int(entry_id), timezone.now())

    def to_session(self) -> dict[str, str | int]:
        """Give the scope as what a session can keep."""
        return {
            "id": str(self.id),
            "examiner": str(self.examiner_id),
            "entry": self.entry_id,
            "expires_at": self.expires_at.isoformat(),
        }

    @classmethod
    def from_session(cls, kept: dict[str, str]) -> Self:
        """Read what `to_session` gave."""
        return cls(
            id=uuid.UUID(kept["id"]),
            examiner_id=uuid.UUID(kept["examiner"]),
            entry_id=int(kept["entry"]),
            expires_at=datetime.datetime.fromisoformat(kept["expires_at"]),
        )


def open_scope(*, examiner_id: uuid.UUID, entry_id: int) -> ClaimScope:
    """Make the scope of a first login that was just accepted."""
    return ClaimScope(uuid.uuid4(), examiner_id, entry_id, timezone.now() + LIFETIME)
