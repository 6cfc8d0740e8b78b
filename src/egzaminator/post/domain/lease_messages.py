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

# How long the e-mails of a killed worker wait until another takes them. No e-mail is in flight for longer:
# `deliver_due` hangs up earlier.
LEASE: Final = datetime.timedelta(minutes=2)
_OPEN: Final = (State.QUEUED, State.SENDING, State.DEFERRED)

# The condition on the state is spelled exactly as in the partial index, or the planner would not use it. MATERIALIZED,
# because a subquery in FROM may be run once for each row, and would then lock and lease more rows than the limit.
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
"""  # noqa: S608, SLF001 -- the table name comes from the model, the states are our constants


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """What sending an e-mail needs, with the lease under which the result is recorded."""

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
        """Whether a one-time link in it has expired."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


def lease_messages(*, most: int) -> list[LeasedMessage]:
    """Lease due e-mails for two minutes, the most urgent first; no other worker gets them meanwhile.

    Return at most `most` of them, none if nothing is due. All of them carry the same new lease.
    """
    now = timezone.now()
    parameters = {"now": now, "lease": uuid.uuid4(), "leased_until": now + LEASE, "most": most}
    with quick_transaction():
        # psycopg's own cursor: Django's reads everything as text, which costs twice as much for the contents.
        cursor = Cursor(connection.connection, row_factory=class_row(LeasedMessage))
        messages = cursor.execute(_LEASE, parameters, binary=True).fetchall()
    return sorted(messages, key=lambda message: (message.priority, message.due_at))


def release_messages(messages: list[LeasedMessage]) -> None:
    """Release the untried rest of a lease, which is then due again immediately."""
    Message.objects.filter(pk__in=[message.id for message in messages], lease=messages[0].lease).update(
        state=Case(When(attempts=0, then=Value(State.QUEUED)), default=Value(State.DEFERRED)),
        lease=None,
        leased_until=None,
    )


def is_anything_due() -> bool:
    """Return whether any e-mail is due and not leased."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Message.objects.filter(free, state__in=_OPEN, due_at__lte=now).exists()
