import logging

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag

logger = logging.getLogger(__name__)


def report_deletion(*, what: str, count: int, is_recorded: bool = False) -> None:
    """Log how many rows retention deleted. Do nothing if there were none.

    `what` names the rows in the plural. With `is_recorded`, an audit event reports the deletion too, for rows that
    people may ask about later.
    """
    if not count:
        return
    logger.info("Retention deleted %d %s", count, what)
    if is_recorded:
        record_event(tag=Tag.RETENTION_DELETED, details={"what": what, "count": count})
