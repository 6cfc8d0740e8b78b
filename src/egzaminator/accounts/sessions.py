"""The session engine: Django's database sessions, in a table that knows whose a session is."""

import uuid
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from egzaminator.accounts.models import Session

DEVICE_KEY = "device"
ADDRESS_KEY = "address"
DEVICE_LENGTH = 200
_KEY_LENGTH = 32


class SessionStore(DatabaseSessionStore):
    """Copies whose the session is, and from where, out of its data into columns that can be searched."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Give the table."""
        return Session

    def cycle_key(self) -> None:
        """Take another key, under which the session is saved when the request ends; the old row goes at once."""
        data, key = dict(self.items()), self.session_key
        if key:
            self.delete(key)
        self._session_key = None
        self._session_cache = data
        self.modified = True

    def _get_new_session_key(self) -> str:
        """Give a key unasked: it has 165 random bits, and inserting one that is taken fails."""
        return get_random_string(_KEY_LENGTH, VALID_KEY_CHARS)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Give the row for what the session holds."""
        account = data.get(SESSION_KEY)
        plain = super().create_model_instance(data)
        return Session(
            session_key=plain.session_key,
            session_data=plain.session_data,
            expire_date=plain.expire_date,
            account_id=uuid.UUID(account) if account else None,
            device=data.get(DEVICE_KEY, ""),
            address=data.get(ADDRESS_KEY),
        )


def remember_device(request: HttpRequest, address: str) -> None:
    """Note in the session what browser a log-in comes from, and the client's IP address, for its owner's list."""
    request.session[DEVICE_KEY] = request.headers.get("User-Agent", "").replace("\0", "")[:DEVICE_LENGTH]
    request.session[ADDRESS_KEY] = address
