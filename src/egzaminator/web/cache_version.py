"""The cache version of the public pages: a number that every change increases.

Every process of the site learns of a change within a second.
"""

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import F

from egzaminator.web.models import CacheVersion

# Seconds for which a process uses the number that it has read.
_TRUST: Final = 1.0

_logger = logging.getLogger(__name__)
_lock = threading.Lock()
_known: tuple[float, int] | None = None


def current_cache_version() -> int:
    """Return the current cache version. Read it before rendering what is cached under it, never after.

    While the database does not answer, return the last known number. Raise `DatabaseError` if none is known yet.
    """
    known = _known
    if known is not None and time.monotonic() - known[0] <= _TRUST:
        return known[1]
    if known is None:
        with _lock:
            return _ask(known)
    # One thread asks the database. The others go on with the known number: a slow database must not delay pages that
    # need no database.
    if not _lock.acquire(blocking=False):
        return known[1]
    try:
        return _ask(known)
    finally:
        _lock.release()


def _ask(known: tuple[float, int] | None) -> int:
    global _known  # noqa: PLW0603 -- one number for all threads of the process
    if _known is not None and _known is not known:
        return _known[1]  # the thread that held the lock has just asked
    try:
        number = CacheVersion.objects.values_list("number", flat=True).first() or 0
    except DatabaseError as error:
        if known is None:
            raise
        _logger.warning("The database does not answer (%s); public pages stay as they were.", type(error).__name__)
        number = known[1]
    _known = (time.monotonic(), number)
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
    global _known  # noqa: PLW0603 -- as above
    _known = None
