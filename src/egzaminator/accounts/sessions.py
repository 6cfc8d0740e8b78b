"""The session engine: Django's database sessions, in a table that knows whose a session is, and that opens none.

What the browser holds is a key; the table holds its digest. Whoever reads the table, or a copy of it, can enter no
session, and its owner can name one of theirs by the digest.
"""

import datetime
import uuid
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from egzaminator.accounts.models import Session
from egzaminator.kernel.tokens import token_digest

# A visit sooner than this after the last one noted is not written down: the idle limit is held to within a minute.
PRECISION: Final = datetime.timedelta(minutes=1)
_DEVICE_KEY: Final = "device"
_ADDRESS_KEY: Final = "address"
_KEY_LENGTH: Final = 32
_DIGEST_LENGTH: Final = 40  # of hexadecimal digits: 160 bits, as long as Django's column


class SessionStore(DatabaseSessionStore):
    """Keeps sessions under their keys' digests, and ends them by the idle and the absolute limit.

    `expire_date` is when a session ends unless it is visited: the one value that finding and deleting sessions go by.
    """

    ends_at: datetime.datetime | None = None
    """When the session ends unless it is visited again; None until it was read from the table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Give the table."""
        return Session

    @property
    def digest(self) -> str:
        """The primary key of the session's row; of no row, while it has not been saved."""
        return digest_of(self.session_key or "")

    @property
    def seconds_left(self) -> int:
        """Whole seconds until the session ends unless it is visited again; 0 for one that the table does not hold."""
        return max(0, int((self.ends_at - timezone.now()).total_seconds())) if self.ends_at else 0

    def cycle_key(self) -> None:
        """Take another key. The old one opens nothing from now on.

        The row of somebody who is logged in moves to the new key at once, so that whoever ends their sessions meanwhile
        ends this one too. Raises SessionInterrupted when it has been ended. Any other row goes; the session is saved
        anew when the request ends, and its time begins then.
        """
        data, row = dict(self.items()), Session.objects.filter(pk=self.digest)
        if self.session_key and SESSION_KEY in data:
            key = self._get_new_session_key()
            if not row.update(session_key=digest_of(key)):
                raise SessionInterrupted
            self._session_key = key
        else:
            if self.session_key:
                row.delete()
            self._session_key = None
        self._session_cache = data
        self.modified = True

    def exists(self, session_key: str) -> bool:
        """Tell whether a key has a row."""
        return Session.objects.filter(pk=digest_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of a key, the session's own unless another is given."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=digest_of(key)).delete()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        """Write the session down. Raises UpdateError when it was ended meanwhile; CreateError when its key is taken.

        A row that exists keeps its owner and its times: an old copy of the session cannot prolong it.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in the stubs
        if must_create:
            try:
                with transaction.atomic():
                    self.create_model_instance(data).save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
        elif not Session.objects.filter(pk=self.digest).update(session_data=self.encode(data)):
            raise UpdateError

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Give a new row for what the session holds."""
        account = data.get(SESSION_KEY)
        session = Session(
            session_key=self.digest,
            session_data=self.encode(data),
            account_id=uuid.UUID(account) if account else None,
            device=data.get(_DEVICE_KEY, ""),
            address=data.get(_ADDRESS_KEY),
        )
        session.expire_date = _end_of(session, visited_at=session.began_at)
        return session

    def _get_new_session_key(self) -> str:
        """Give a key unasked: it has 165 random bits, and inserting one that is taken fails."""
        return get_random_string(_KEY_LENGTH, VALID_KEY_CHARS)

    def _get_session_from_db(self) -> Session | None:
        """Give the row, unless its time has run out, and note the visit of who is logged in."""
        now = timezone.now()
        row = Session.objects.filter(pk=self.digest, expire_date__gt=now)
        session = next(iter(row), None)
        if session is not None and session.account_id and now - session.last_seen_at >= PRECISION:
            session.expire_date = _end_of(session, visited_at=now)
            # Beside the session's data, which another request may be saving; and a row that is gone stays gone.
            is_there = row.update(last_seen_at=now, expire_date=session.expire_date)
            session = session if is_there else None
        if session is None:
            self._session_key = None
        else:
            self.ends_at = session.expire_date
        return session


def digest_of(key: str) -> str:
    """Take a session's key; give what is kept of it. 165 random bits need no slower hash."""
    return token_digest(key).hex()[:_DIGEST_LENGTH]


def note_device(request: HttpRequest, *, label: str, address: str) -> None:
    """Note in the session what browser a log-in comes from, and the client's IP address, for its owner's list."""
    request.session[_DEVICE_KEY] = label
    request.session[_ADDRESS_KEY] = address


def _end_of(session: Session, *, visited_at: datetime.datetime) -> datetime.datetime:
    """Give when a session ends that nobody visits any more.

    Only being logged in ends by idleness: what else a session may hold, such as the leave to fill in the first form,
    has a clock of its own, and must not cost what was typed.
    """
    last = session.began_at + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(last, visited_at + settings.SESSION_IDLE_LIMIT) if session.account_id else last
