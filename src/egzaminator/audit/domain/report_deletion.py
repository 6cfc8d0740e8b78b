import logging

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag

logger = logging.getLogger(__name__)


def report_deletion(*, what: str, count: int, is_recorded: bool = False) -> None:
    """Say in the log how many rows retention deleted, if any.

    Takes what they were, in the plural, and whether an event is to say so as well: for what somebody might ask after.
    """
    if not count:
        return
    logger.info("Retention deleted %d %s", count, what)
    if is_recorded:
        record_event(tag=Tag.RETENTION_DELETED, details={"what": what, "count": count})
