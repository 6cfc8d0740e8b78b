import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from psycopg import Cursor
from psycopg.rows import class_row

from egzaminator.post.domain.quick_transaction import quick_transaction
from egzaminator.post.enums import State
from egzaminator.post.models import Message

# How long a killed worker's messages wait for another. No message is on its way for longer (deliver_due hangs up).
LEASE: Final = datetime.timedelta(minutes=2)
_OPEN: Final = (State.QUEUED, State.SENDING, State.DEFERRED)

# The predicate on the state is spelled as the index's own, or the planner would not use it. Materialised, because what
# stands in FROM may be run once for each row, and would lock and lease more than the limit.
_LEASE: Final = f"""
WITH due AS MATERIALIZED (
    SELECT id FROM {Message._meta.db_table}
    WHERE state IN ('{State.QUEUED}', '{State.SENDING}', '{State.DEFERRED}')
        AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY priority, due_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE {Message._meta.db_table} AS message
SET state = '{State.SENDING}', lease = %(lease)s, leased_until = %(leased_until)s
FROM due
WHERE message.id = due.id
RETURNING message.id, message.lease, message.address, message.content, message.priority, message.attempts,
    message.due_at, message.tried_since, message.expires_at
"""  # noqa: S608, SLF001 -- the table's name is the model's own, the states are ours


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """What the sender of a message needs of it, and the lease that the result is written down by."""

    id: uuid.UUID
    lease: uuid.UUID
    address: str
    content: bytes | None
    priority: int
    attempts: int
    due_at: datetime.datetime
    tried_since: datetime.datetime | None
    expires_at: datetime.datetime | None

    @property
    def is_lapsed(self) -> bool:
        """Whether a one-time link in it does not work any more."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


def lease_messages(*, most: int) -> list[LeasedMessage]:
    """Take over messages that are due, the most urgent first, for two minutes; nobody else gets them meanwhile.

    Gives at most so many; none when nothing is due. All of them carry the same new lease.
    """
    now = timezone.now()
    parameters = {"now": now, "lease": uuid.uuid4(), "leased_until": now + LEASE, "most": most}
    with quick_transaction():
        # psycopg's own cursor, because Django's reads everything as text, which costs twice as much for contents.
        cursor = Cursor(connection.connection, row_factory=class_row(LeasedMessage))
        messages = cursor.execute(_LEASE, parameters, binary=True).fetchall()
    return sorted(messages, key=lambda message: (message.priority, message.due_at))


def release_messages(messages: list[LeasedMessage]) -> None:
    """Give the untried rest of a lease back: it is due again at once."""
    Message.objects.filter(pk__in=[message.id for message in messages], lease=messages[0].lease).update(
        state=Case(When(attempts=0, then=Value(State.QUEUED)), default=Value(State.DEFERRED)),
        lease=None,
        leased_until=None,
    )


def is_anything_due() -> bool:
    """Tell whether a message waits for somebody to send it now."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Message.objects.filter(free, state__in=_OPEN, due_at__lte=now).exists()
