import datetime
import logging
import random
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from egzaminator.post.domain.lease_messages import LeasedMessage
from egzaminator.post.domain.quick_transaction import quick_transaction
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import Cause, State
from egzaminator.post.models import Message

logger = logging.getLogger(__name__)

KEEP_TRYING: Final = datetime.timedelta(days=2)
_PAUSES: Final = [datetime.timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60)]
# Messages that failed together are not all to come back at the same second.
_JITTER: Final = 0.1

_ACCEPT: Final = f"""
UPDATE {Message._meta.db_table} AS message SET
    state = %(state)s, attempts = attempts + 1, content = NULL, accepted_at = %(now)s,
    reply_code = result.code, reply_text = result.text, lease = NULL, leased_until = NULL
FROM unnest(%(ids)s::uuid[], %(codes)s::smallint[], %(texts)s::text[]) AS result (id, code, text)
WHERE message.id = result.id AND message.lease = %(lease)s
"""  # noqa: S608, SLF001 -- the table's name is the model's own; every value is a parameter


def record_accepted(results: list[tuple[LeasedMessage, Reply]]) -> None:
    """Write down that the mail server has messages, if the lease is still ours; their contents are erased.

    Takes one message or more of one lease, each with the server's answer.
    """
    parameters: dict[str, Any] = {
        "state": State.ACCEPTED.value,
        "now": timezone.now(),
        "ids": [message.id for message, _ in results],
        "codes": [reply.code for _, reply in results],
        "texts": [reply.text for _, reply in results],
        "lease": results[0][0].lease,
    }
    with quick_transaction(), connection.cursor() as cursor:
        cursor.execute(_ACCEPT, parameters)


def record_failure(message: LeasedMessage, reply: Reply) -> None:
    """Write down that a try failed, if the lease is still ours.

    Refused for good because of the address or the content, or passing for two days already: the message is rejected and
    its content erased. Otherwise it is due again after a pause that grows with the tries, and, of a passing trouble,
    once more at the very end of the two days. The board's trouble has no such end, and the two days begin anew when it
    is over. No message is tried when its own link has ended: it is given up when that comes before its next try.
    """
    now = timezone.now()
    attempts = message.attempts + 1
    due_at = now + _pause(attempts)
    tried_since = None if reply.cause is Cause.BOARD else message.tried_since or now
    gives_up_at = tried_since + KEEP_TRYING if tried_since else None
    if gives_up_at is not None and now < gives_up_at < due_at:
        due_at = gives_up_at
    has_lapsed = message.expires_at is not None and message.expires_at <= due_at
    is_over = reply.cause.is_final or (gives_up_at is not None and now >= gives_up_at)
    result: dict[str, object] = {
        "reply_code": reply.code,
        "reply_text": reply.text,
        "cause": reply.cause if is_over or not has_lapsed else Cause.LAPSED,
        "attempts": attempts,
        "tried_since": tried_since,
    }
    if is_over or has_lapsed:
        result |= {"state": State.REJECTED, "content": None}
        logger.info("Message %s is rejected with %s after %d tries", message.id, describe_reply(reply), attempts)
    else:
        result |= {"state": State.DEFERRED, "due_at": due_at}
        if reply.code is not None:  # what is without a code is told by who found the server unavailable
            logger.info("Message %s is put off with %s, tried %d times", message.id, describe_reply(reply), attempts)
    _write(message, result)


def record_lapsed(message: LeasedMessage) -> None:
    """Give a message up untried, since a link in it has ended; what the server said of it before stays."""
    logger.info("Message %s is given up: its link has ended", message.id)
    _write(message, {"state": State.REJECTED, "content": None, "cause": Cause.LAPSED})


def describe_reply(reply: Reply) -> str:
    """Name an answer without its words, which may repeat addresses."""
    if reply.code is None:
        return reply.text
    subject_and_detail = reply.enhanced
    status = f" {reply.code // 100}.{subject_and_detail[0]}.{subject_and_detail[1]}" if subject_and_detail else ""
    return f"{reply.code}{status}"


def _write(message: LeasedMessage, result: dict[str, object]) -> None:
    Message.objects.filter(id=message.id, lease=message.lease).update(lease=None, leased_until=None, **result)


def _pause(attempts: int) -> datetime.timedelta:
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return pause * random.uniform(1, 1 + _JITTER)  # noqa: S311 -- spreads load, hides nothing
