"""The cache version of the public pages: a number that every change increases.

Every process of the site learns of a change within a second.
"""

import logging
import threading
import time

from django.db import DatabaseError, transaction
from django.db.models import F

from egzaminator.core.process_state import process_state
from egzaminator.web.models import CacheVersion

_logger = logging.getLogger(__name__)


class KnownVersion:
    """The cache version as this process last read it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # held by the one thread that reads it
        self.seconds = 1.0  # for which what was read is used
        self.reading: tuple[float, int] | None = None  # when it was read (monotonic clock), and the number


def current_cache_version() -> int:
    """Return the current cache version. Read it before rendering what is cached under it, never after.

    While the database does not answer, return the last known number. Raise `DatabaseError` if none is known yet.
    """
    known = process_state.get(KnownVersion)
    reading = known.reading
    if reading is not None and time.monotonic() - reading[0] <= known.seconds:
        return reading[1]
    if reading is None:
        with known.lock:
            return _read(known, reading)
    # One thread asks the database. The others go on with the known number: a slow database must not delay pages that
    # need no database.
    if not known.lock.acquire(blocking=False):
        return reading[1]
    try:
        return _read(known, reading)
    finally:
        known.lock.release()


def _read(known: KnownVersion, before: tuple[float, int] | None) -> int:
    now = known.reading
    if now is not None and now is not before:
        return now[1]  # the thread that held the lock has just asked
    try:
        number = CacheVersion.objects.values_list("number", flat=True).first() or 0
    except DatabaseError as error:
        if before is None:
            raise
        _logger.warning("The database does not answer (%s); public pages stay as they were.", type(error).__name__)
        number = before[1]
    known.reading = (time.monotonic(), number)
    return number


def bump_cache_version() -> None:
    """Invalidate the cached pages: increase the cache version in the current transaction.

    Other processes see the new number when the transaction commits, together with the change itself.
    """
    if not CacheVersion.objects.filter(pk=1).update(number=F("number") + 1):
        CacheVersion.objects.get_or_create(pk=1, defaults={"number": 1})
    forget_cache_version()
    transaction.on_commit(forget_cache_version)


def forget_cache_version() -> None:
    """Forget the number known to this process, so that it is read from the database next time."""
    process_state.get(KnownVersion).reading = None
