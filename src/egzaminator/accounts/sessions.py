"""The session engine: Django's database sessions in a table that names each session's account.

The browser holds a session key; the table holds only the key's digest. A reader of the table, or of a copy of it,
cannot enter any session. The digest is also the name by which an owner can refer to one of their sessions.
"""

import datetime
import uuid
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from egzaminator.accounts.models import Session
from egzaminator.core.statements import Value, change
from egzaminator.core.tokens import token_digest

# Visits are recorded at most once a minute, so the idle limit is precise to a minute.
PRECISION: Final = datetime.timedelta(minutes=1)
_DEVICE_KEY: Final = "device"
_IP_KEY: Final = "ip"
_KEY_LENGTH: Final = 32
_DIGEST_LENGTH: Final = 40  # hexadecimal digits: 160 bits, the length of Django's column


class SessionStore(DatabaseSessionStore):
    """Store sessions under their keys' digests, and end them by an idle and an absolute limit.

    `expire_date` is when a session ends unless it is visited again. Finding and deleting sessions uses no other value.
    """

    ends_at: datetime.datetime | None = None
    """The end of the session if nobody visits it again; None before the session is loaded from the table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the sessions' table."""
        return Session

    @property
    def digest(self) -> str:
        """Return the primary key of the session's row; no row has it until the session is saved."""
        return digest_of(self.session_key or "")

    @property
    def seconds_left(self) -> int:
        """Return the whole seconds until the session ends unless it is visited again.

        Return 0 for a session that the table does not hold.
        """
        return max(0, int((self.ends_at - timezone.now()).total_seconds())) if self.ends_at else 0

    def cycle_key(self) -> None:
        """Change the session key; the old key opens nothing from now on.

        If somebody is logged in, update the key of the session's row immediately. A request that ends the account's
        sessions in the meantime then ends this one too. Raise `SessionInterrupted` if the session has been ended.

        If nobody is logged in, delete the row. The session is saved again when the request ends, and its time begins
        then.
        """
        data = dict(self.items())
        if self.session_key and SESSION_KEY in data:
            key = self._get_new_session_key()
            if not Session.objects.filter(pk=self.digest).update(session_key=digest_of(key)):
                raise SessionInterrupted
            self._session_key = key
        else:
            if self.session_key:
                self.delete()
            self._session_key = None
        self._session_cache = data
        self.modified = True

    def exists(self, session_key: str) -> bool:
        """Return whether a session key has a row."""
        return Session.objects.filter(pk=digest_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of a session key: of the given one or, by default, of the session's own."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=digest_of(key)).delete()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        """Save the session.

        An existing row keeps its account and its times, so an old copy of the session cannot prolong it. Raise
        `UpdateError` if the session was ended or its account deleted meanwhile, `CreateError` if its key is taken.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in the stubs
        if must_create:
            try:
                is_new = _insert(self.create_model_instance(data))
            except IntegrityError:  # the account was deleted meanwhile
                raise UpdateError from None
            if not is_new:
                raise CreateError
        elif not Session.objects.filter(pk=self.digest).update(session_data=self.encode(data)):
            raise UpdateError

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return a new, unsaved row with the session's data."""
        account = data.get(SESSION_KEY)
        session = Session(
            session_key=self.digest,
            session_data=self.encode(data),
            account_id=uuid.UUID(account) if account else None,
            device=data.get(_DEVICE_KEY, ""),
            ip=data.get(_IP_KEY),
        )
        session.expire_date = _end_of(session, visited_at=session.began_at)
        return session

    def _get_new_session_key(self) -> str:
        """Return a random key without a query for whether it is free.

        It has 165 random bits, and the insertion of a taken key fails.
        """
        return get_random_string(_KEY_LENGTH, VALID_KEY_CHARS)

    def _get_session_from_db(self) -> Session | None:
        """Return the row unless it has expired, and record the visit of a logged-in account."""
        now = timezone.now()
        row = Session.objects.filter(pk=self.digest, expire_date__gt=now)
        session = next(iter(row), None)
        if session is not None and session.account_id and now - session.last_seen_at >= PRECISION:
            session.expire_date = _end_of(session, visited_at=now)
            # Update only these columns: another request may be saving the session's data. A deleted row stays deleted.
            is_there = row.update(last_seen_at=now, expire_date=session.expire_date)
            session = session if is_there else None
        if session is None:
            self._session_key = None
        else:
            self.ends_at = session.expire_date
        return session


def digest_of(key: str) -> str:
    """Return the digest of a session key that the table stores.

    A key has 165 random bits, so a fast hash suffices.
    """
    return token_digest(key).hex()[:_DIGEST_LENGTH]


def note_device(request: HttpRequest, *, label: str, ip: str) -> None:
    """Store a log-in's browser label and client IP address in the session, for its owner's list of sessions."""
    request.session[_DEVICE_KEY] = label
    request.session[_IP_KEY] = ip


_INSERT: Final = f"""
INSERT INTO {Session._meta.db_table}
    (session_key, session_data, expire_date, account_id, device, ip, began_at, last_seen_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (session_key) DO NOTHING
"""  # noqa: S608, SLF001 -- the table name comes from the model; every value is a parameter


def _insert(session: Session) -> int:
    what: list[Value] = [session.session_key, session.session_data, session.expire_date, session.account_id]
    return change(_INSERT, [*what, session.device, session.ip, session.began_at, session.last_seen_at])


def _end_of(session: Session, *, visited_at: datetime.datetime) -> datetime.datetime:
    """Return when a session ends if nobody visits it after `visited_at`.

    Only logged-in sessions have an idle limit. Other content of a session, such as the claim grant of the first form,
    has a time limit of its own; an idle limit would lose what was typed.
    """
    last = session.began_at + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(last, visited_at + settings.SESSION_IDLE_LIMIT) if session.account_id else last
