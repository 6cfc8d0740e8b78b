import datetime
import logging
import random
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from egzaminator.post.domain.lease_messages import LeasedMessage
from egzaminator.post.domain.quick_transaction import quick_transaction
from egzaminator.post.domain.reply import Reply
from egzaminator.post.enums import State
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

    Refused for good, or two days old: the message is rejected and its content erased. Otherwise it is due again after a
    pause that grows with the tries, and once more at the very end of the two days.
    """
    now = timezone.now()
    gives_up_at = message.created_at + KEEP_TRYING
    attempts = message.attempts + 1
    result: dict[str, object] = {"reply_code": reply.code, "reply_text": reply.text, "attempts": attempts}
    if reply.is_final or now >= gives_up_at:
        result |= {"state": State.REJECTED, "content": None}
        logger.info("Message %s is rejected with %s after %d tries", message.id, reply.code, attempts)
    else:
        result |= {"state": State.DEFERRED, "due_at": min(now + _pause(attempts), gives_up_at)}
    Message.objects.filter(id=message.id, lease=message.lease).update(lease=None, leased_until=None, **result)


def _pause(attempts: int) -> datetime.timedelta:
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return pause * random.uniform(1, 1 + _JITTER)  # noqa: S311 -- spreads load, hides nothing
