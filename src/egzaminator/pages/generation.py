"""When what public pages show was last changed, known to every process of the site within a second."""

import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import F

from egzaminator.pages.models import Generation

# Seconds that a process trusts what it has read.
_TRUST: Final = 1.0

_logger = logging.getLogger(__name__)
_lock = threading.Lock()
_known: tuple[float, int] | None = None


def current_generation() -> int:
    """Give the number of changes so far. Read it before rendering what is kept under it, never after.

    While the database does not answer it is what was last known; raises DatabaseError when nothing is.
    """
    known = _known
    if known is not None and time.monotonic() - known[0] <= _TRUST:
        return known[1]
    if known is None:
        with _lock:
            return _ask(known)
    # One thread asks, and the others go on with what is known: a slow database must not stop pages that need none.
    if not _lock.acquire(blocking=False):
        return known[1]
    try:
        return _ask(known)
    finally:
        _lock.release()


def _ask(known: tuple[float, int] | None) -> int:
    global _known  # noqa: PLW0603 -- one figure for all threads of the process
    if _known is not None and _known is not known:
        return _known[1]  # whoever held the lock has asked
    try:
        number = Generation.objects.values_list("number", flat=True).first() or 0
    except DatabaseError as error:
        if known is None:
            raise
        _logger.warning("The database does not answer (%s); public pages stay as they were.", type(error).__name__)
        number = known[1]
    _known = (time.monotonic(), number)
    return number


def start_next_generation() -> None:
    """Count a change. Others see it when the transaction commits, together with the change itself."""
    if not Generation.objects.filter(pk=1).update(number=F("number") + 1):
        Generation.objects.get_or_create(pk=1, defaults={"number": 1})
    forget_generation()
    transaction.on_commit(forget_generation)


def forget_generation() -> None:
    """Have this process read the number anew."""
    global _known  # noqa: PLW0603 -- as above
    _known = None
