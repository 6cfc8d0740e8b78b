import logging
from collections.abc import Iterator
from contextlib import contextmanager

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.kernel.encryption import UndecryptableError
from egzaminator.kernel.sealed_fields import place_and_row

logger = logging.getLogger(__name__)


def record_unreadable(*, context: str, address: str | None = None, case_code: str = "") -> Event:
    """Write down that a stored value does not open: tampered with, moved to another row, or its key is gone.

    Takes the context that UndecryptableError carries, the client's IP address and the case code that a visitor was
    given, if it happened in front of one. The event and the log name the place and the row, never what was in it.
    """
    place, row = place_and_row(context)
    logger.error("The value of %s in row %s cannot be read", place, row)
    return record_event(
        tag=Tag.VALUE_UNREADABLE,
        subject=row,
        address=address,
        case_code=case_code,
        details={"place": place, "row": str(row)},
    )


@contextmanager
def unreadable_recorded() -> Iterator[None]:
    """Give up what is done inside when a stored value does not open, and write that down: for jobs, which go on."""
    try:
        yield
    except UndecryptableError as error:
        record_unreadable(context=error.context)
