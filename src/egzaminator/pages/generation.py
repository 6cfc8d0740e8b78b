"""When what public pages show was last changed, known to every process of the site within a second."""

import threading
import time
from typing import Final

from django.db.models import F

from egzaminator.pages.models import Generation

# Seconds that a process trusts what it has read.
_TRUST: Final = 1.0

_lock = threading.Lock()
_known: tuple[float, int] | None = None


def current_generation() -> int:
    """Give the number of changes so far. Read it before rendering what is kept under it, never after."""
    global _known  # noqa: PLW0603 -- one figure for all threads of the process
    now = time.monotonic()
    with _lock:
        if _known is None or now - _known[0] > _TRUST:
            number = Generation.objects.values_list("number", flat=True).first()
            _known = (now, number or 0)
        return _known[1]


def start_next_generation() -> None:
    """Count a change. Others see it when the transaction commits, together with the change itself."""
    if not Generation.objects.filter(pk=1).update(number=F("number") + 1):
        Generation.objects.get_or_create(pk=1, defaults={"number": 1})
    forget_generation()


def forget_generation() -> None:
    """Have this process read the number anew."""
    global _known  # noqa: PLW0603 -- as above
    with _lock:
        _known = None
