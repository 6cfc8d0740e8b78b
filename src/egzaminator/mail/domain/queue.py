import contextlib
import datetime
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from psycopg import Cursor
from psycopg.rows import class_row

from egzaminator.core.board import current_board
from egzaminator.core.encryption import encrypt
from egzaminator.mail.domain.copies import keep_copy
from egzaminator.mail.domain.pace import give_bulk_back, is_bulk_allowed, take_bulk
from egzaminator.mail.domain.render import (
    Button,
    OneTimeUrl,
    compose_email,
    mailbox_in_ascii,
    message_id_of,
    one_line,
    render_parts,
)
from egzaminator.mail.domain.replies import UNSENDABLE_EMAIL
from egzaminator.mail.enums import Cause, DeliveryState, Priority
from egzaminator.mail.models import Email, content_context
from egzaminator.runtime.jobs import start_job


@contextlib.contextmanager
def quick_transaction() -> Generator[None]:
    """Run a transaction whose commit does not wait for the disk (`synchronous_commit` off).

    The database has the data immediately, so a killed worker loses nothing. A crash of the database itself may lose the
    commits of the last moments: here that means that e-mails are sent again, with the same Message-ID.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


DELIVER_TASK: Final = "mail.deliver"
_MOST_OF_NAME: Final = 210
_LONGEST_EMAIL: Final = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom an e-mail goes to: the e-mail address, the full name, and the language to write in."""

    email: str
    name: str
    language: str


def queue_email(
    *,
    kind: str,
    related_id: uuid.UUID | None,
    to: Recipient,
    context: Mapping[str, object],
    priority: Priority,
    keeps_copy: bool,
    button: Button | None,
) -> Email:
    """Queue an e-mail in the caller's transaction, with the job that delivers it; return its row.

    Both take effect when the transaction commits. The functions of mail/catalogue.py call it; `kind` is a kind from
    there, and `context` is that of its template, to which the board and the recipient's name are added. `related_id` is
    the claim or account that the e-mail is about, and `button` is how its one-time link looks.

    If no e-mail can be sent to the address, the row is created as rejected. An e-mail is not sent after the first of
    its one-time links has expired.
    """
    board = current_board()
    name = one_line(to.name)[:_MOST_OF_NAME]
    context = {**context, "board": board, "recipient_name": name}
    parts = render_parts(kind=kind, language=to.language, context=context, button=button)
    links = [value for value in context.values() if isinstance(value, OneTimeUrl)]
    message = Email(
        kind=kind,
        related_id=related_id,
        email=one_line(to.email)[:_LONGEST_EMAIL],
        recipient_name=name,
        subject=parts.subject,
        priority=priority,
        expires_at=min((link.expires_at for link in links), default=None),
        link_digests=[link.digest for link in links],
    )
    message.message_id = message_id_of(message.id)
    mailbox = mailbox_in_ascii(to.email)
    if mailbox is None:
        message.state = DeliveryState.REJECTED
        message.reply_code, message.reply_text = UNSENDABLE_EMAIL.code, UNSENDABLE_EMAIL.text
        message.cause = UNSENDABLE_EMAIL.cause
    else:
        wire = compose_email(
            row_id=message.id,
            created_at=message.created_at,
            board=board,
            to=mailbox,
            recipient_name=name,
            language=to.language,
            parts=parts,
        )
        message.content = encrypt(wire.decode("ascii"), context=content_context(message.id))
    message.save(force_insert=True)
    if keeps_copy:
        keep_copy(email=message, context=context, language=to.language)
    if mailbox is not None:
        start_job(task=DELIVER_TASK, priority=-priority)
    return message


# How long the e-mails of a killed worker wait until another takes them. No e-mail is in flight for longer:
# `deliver_due` hangs up earlier.
LEASE: Final = datetime.timedelta(minutes=2)
_OPEN: Final = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)

# The condition on the state is spelled exactly as in the partial index, or the planner would not use it. MATERIALIZED,
# because a subquery in FROM may be run once for each row, and would then lock and lease more rows than the limit.
_LEASE: Final = f"""
WITH due AS MATERIALIZED (
    SELECT id FROM {Email._meta.db_table}
    WHERE state IN ('{DeliveryState.QUEUED}', '{DeliveryState.SENDING}', '{DeliveryState.DEFERRED}')
        AND priority = ANY(%(priorities)s) AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY priority, due_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE {Email._meta.db_table} AS message
SET state = '{DeliveryState.SENDING}', lease = %(lease)s, leased_until = %(leased_until)s
FROM due
WHERE message.id = due.id
RETURNING message.id, message.lease, message.kind, message.email, message.content, message.priority,
    message.attempts, message.due_at, message.created_at, message.tried_since, message.expires_at
"""  # noqa: S608, SLF001 -- the table name comes from the model, the states are our constants


@dataclass(frozen=True, slots=True)
class LeasedEmail:
    """What sending an e-mail needs, with the lease under which the result is recorded."""

    id: uuid.UUID
    lease: uuid.UUID
    kind: str
    email: str
    content: bytes | None
    priority: int
    attempts: int
    due_at: datetime.datetime
    created_at: datetime.datetime
    tried_since: datetime.datetime | None
    expires_at: datetime.datetime | None

    @property
    def is_lapsed(self) -> bool:
        """Whether a one-time link in it has expired."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


def lease_emails(*, most: int) -> list[LeasedEmail]:
    """Lease due e-mails for two minutes, the most urgent first; no other worker gets them meanwhile.

    Return at most `most` of them, none if nothing is due. All of them carry the same new lease.
    """
    lease = uuid.uuid4()
    if settings.MAIL_RATE is None:
        return _lease(lease, list(Priority), most=most)
    messages = _lease(lease, [one for one in Priority if one != Priority.BULK], most=most)
    if allowed := take_bulk(wanted=most - len(messages), rate=settings.MAIL_RATE):
        bulk = _lease(lease, [Priority.BULK], most=allowed)
        give_bulk_back(count=allowed - len(bulk))
        messages += bulk
    return messages


def _lease(lease: uuid.UUID, priorities: list[Priority], *, most: int) -> list[LeasedEmail]:
    now = timezone.now()
    parameters = {
        "now": now,
        "lease": lease,
        "leased_until": now + LEASE,
        "most": most,
        "priorities": [priority.value for priority in priorities],
    }
    with quick_transaction():
        # psycopg's own cursor: Django's reads everything as text, which costs twice as much for the contents.
        cursor = Cursor(connection.connection, row_factory=class_row(LeasedEmail))
        messages = cursor.execute(_LEASE, parameters, binary=True).fetchall()
    return sorted(messages, key=lambda message: (message.priority, message.due_at))


def release_emails(messages: list[LeasedEmail]) -> None:
    """Release the untried rest of a lease, which is then due again immediately."""
    if settings.MAIL_RATE is not None:
        give_bulk_back(count=sum(message.priority == Priority.BULK for message in messages))
    Email.objects.filter(pk__in=[message.id for message in messages], lease=messages[0].lease).update(
        state=Case(When(attempts=0, then=Value(DeliveryState.QUEUED)), default=Value(DeliveryState.DEFERRED)),
        lease=None,
        leased_until=None,
    )


def is_anything_due() -> bool:
    """Return whether any e-mail is due, not leased, and not kept waiting by `MAIL_RATE`."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Email.objects.filter(free, state__in=_OPEN, due_at__lte=now)
    if settings.MAIL_RATE is not None and not is_bulk_allowed(rate=settings.MAIL_RATE):
        due = due.exclude(priority=Priority.BULK)
    return due.exists()


def queue_wire(email: Email, *, wire: bytes) -> None:
    """Queue one e-mail whose content is made already, with the job that delivers it, in the caller's transaction.

    `email` is a new row: whom it goes to, and what it is about.
    """
    email.message_id = message_id_of(email.id)
    email.content = encrypt(wire.decode("ascii"), context=content_context(email.id))
    with transaction.atomic():
        email.save(force_insert=True)
        start_job(task=DELIVER_TASK, priority=-email.priority)


@dataclass(frozen=True, slots=True)
class Unmade:
    """An e-mail without content, which is made when it is sent."""

    id: uuid.UUID
    related_id: uuid.UUID
    email: str
    recipient_name: str


# The values that the model gives to a new row. One row an INSERT, or one object a row, would take many times as long.
_QUEUE_UNMADE: Final = f"""
INSERT INTO {Email._meta.db_table} (id, kind, related_id, email, recipient_name, subject, priority, state, attempts,
    due_at, reply_text, cause, link_digests, message_id, created_at)
SELECT person.id, %(kind)s, person.related_id, person.email, person.name, %(subject)s, {Priority.BULK},
    '{DeliveryState.QUEUED}', 0, %(now)s, '', '{Cause.PASSING}', '{{}}', person.message_id, %(now)s
FROM unnest(%(ids)s::uuid[], %(related_ids)s::uuid[], %(emails)s::text[], %(names)s::text[], %(message_ids)s::text[])
    AS person (id, related_id, email, name, message_id)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608, SLF001 -- the table name comes from the model, the rest are our constants; every value is a parameter


def queue_unmade(*, kind: str, subject: str, people: Sequence[Unmade]) -> None:
    """Queue an e-mail without content for each of many people, with the job that delivers them.

    All take effect when the caller's transaction commits. Those that are queued already stay as they are.
    """
    parameters: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "now": timezone.now(),
        "ids": [one.id for one in people],
        "related_ids": [one.related_id for one in people],
        "emails": [one_line(one.email)[:_LONGEST_EMAIL] for one in people],
        "names": [one_line(one.recipient_name)[:_MOST_OF_NAME] for one in people],
        "message_ids": [message_id_of(one.id) for one in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_UNMADE, parameters)
    start_job(task=DELIVER_TASK, priority=-Priority.BULK)


def withdraw_unmade(*, ids: QuerySet[Any, Any]) -> None:
    """Take e-mails without content out of the queue, unless they are being sent right now. Nothing is left of them.

    `ids` is a query for their ids.
    """
    waiting = Email.objects.filter(id__in=ids, state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED])
    waiting._raw_delete(waiting.db)  # noqa: SLF001 -- nothing refers to them, and Django would load each of thousands


def withdraw_leased(messages: Sequence[LeasedEmail]) -> None:
    """Take e-mails of a lease out of the queue that are not to be sent after all. Nothing is left of them."""
    if messages:
        Email.objects.filter(id__in=[message.id for message in messages], lease=messages[0].lease).delete()
