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
# Added at random to the backoff, as a fraction of it: e-mails that failed together must not all be due in the same
# second.
_JITTER: Final = 0.1

_ACCEPT: Final = f"""
UPDATE {Message._meta.db_table} AS message SET
    state = %(state)s, attempts = attempts + 1, content = NULL, accepted_at = %(now)s,
    reply_code = result.code, reply_text = result.text, lease = NULL, leased_until = NULL
FROM unnest(%(ids)s::uuid[], %(codes)s::smallint[], %(texts)s::text[]) AS result (id, code, text)
WHERE message.id = result.id AND message.lease = %(lease)s
"""  # noqa: S608, SLF001 -- the table name comes from the model; every value is a parameter


def record_accepted(results: list[tuple[LeasedMessage, Reply]]) -> None:
    """Record that the mail server has accepted e-mails, if the lease is still ours, and erase their contents.

    Take one or more e-mails of one lease, each with the server's reply.
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
    """Record that a try failed, if the lease is still ours.

    The e-mail is rejected and its content erased if the cause is final (the address or the content), or if it has
    failed temporarily for two days. Otherwise it is due again after a backoff that grows with the tries. A temporary
    failure is retried a last time at the very end of the two days. The board's trouble has no such end, and the two
    days begin anew when it is over. No e-mail is tried after its own link has expired: it is given up now if the link
    expires before the next try.
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
        if reply.code is not None:  # without one: lost connection, or server unavailable (logged by `_put_off`)
            logger.info("Message %s is put off with %s, tried %d times", message.id, describe_reply(reply), attempts)
    _write(message, result)


def record_lapsed(message: LeasedMessage) -> None:
    """Give up an e-mail untried, because a link in it has expired.

    What the server replied to earlier tries stays recorded.
    """
    logger.info("Message %s is given up: its link has ended", message.id)
    _write(message, {"state": State.REJECTED, "content": None, "cause": Cause.LAPSED})


def describe_reply(reply: Reply) -> str:
    """Return a reply's codes without the server's text, which may repeat addresses.

    Without a code, return what happened instead of a reply.
    """
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
