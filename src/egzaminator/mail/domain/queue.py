import contextlib
import datetime
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from psycopg import Cursor
from psycopg.rows import class_row

from egzaminator.core.board import current_board
from egzaminator.core.encryption import encrypt
from egzaminator.mail.domain.copies import keep_copy
from egzaminator.mail.domain.render import (
    OneTimeUrl,
    compose_email,
    mailbox_in_ascii,
    message_id_of,
    one_line,
    render_parts,
)
from egzaminator.mail.domain.replies import UNSENDABLE_EMAIL
from egzaminator.mail.enums import DeliveryState, EmailKind, Priority
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
# The keys under which templates get one-time links.
_ONE_TIME: Final = frozenset(("link", "freeze"))
_MOST_OF_NAME: Final = 210
_LONGEST_EMAIL: Final = 320


def queue_email(
    *,
    kind: EmailKind,
    related_id: uuid.UUID | None,
    email: str,
    recipient_name: str,
    language: str,
    context: Mapping[str, object],
    priority: Priority,
) -> Email:
    """Queue an e-mail in the caller's transaction, with the job that delivers it; return its row.

    Both take effect when the transaction commits. Take the kind; the claim or account that the e-mail is about; the
    recipient's e-mail address and full name; the language to write in; the priority; and the context of the kind's
    template. The board and the recipient name are added to the context. Its datetimes are aware. `link` and `freeze`
    are made by `issue_link` (as `OneTimeUrl`), `login` by `public_url`. It holds, by kind:

    - activation: `link`, `saved_at`, `expires_at`
    - claim-notice: `link` (stops the claim), `saved_at`
    - activated: `freeze` (it was not me), `login`, `activated_at`
    - reset: `link`, `expires_at`
    - password-changed: `freeze`, `changed_at`
    - security-news: `freeze`, `news` (a sentence, translated when it is rendered), `at`
    - new-device: `freeze`, `device` (its display name, or empty), `logged_in_at`
    - new-address: `link`, `asked_at`, `expires_at`
    - address-asked: `freeze`, `new` (the new address, masked), `asked_at`
    - address-changed: `freeze`, `new`, `changed_at`
    - account-unfrozen: `link`, `expires_at`
    - frozen-notice: `frozen_at`
    - act-asked: `freeze`, `what` (a sentence, translated when it is rendered), `expires_at`, `alone_at` (or None)
    - deletion-notice: `deleted_on` (the first day on which the account may be deleted)
    - account-frozen: `name` (the owner's), `at`, `by` (who of the board, translated when it is rendered; None: somebody
      with a link)
    - claim-stopped: `name` (the examiner's), `at`
    - board-contact: `name` (of whoever made the change), `at`, `changes` (lists of: what, from, to)

    If no e-mail can be sent to the address, the row is created as rejected. An e-mail is not sent after the first of
    its one-time links has expired. Raise `TypeError` if the context lacks a key, or if a one-time link in it carries no
    expiry.
    """
    plain = [key for key in _ONE_TIME & context.keys() if not isinstance(context[key], OneTimeUrl)]
    if plain:
        raise TypeError(f"The one-time links {', '.join(sorted(plain))} do not say when they end.")
    board = current_board()
    name = one_line(recipient_name)[:_MOST_OF_NAME]
    parts = render_parts(kind=kind, language=language, context={**context, "board": board, "recipient_name": name})
    message = Email(
        kind=kind,
        related_id=related_id,
        email=one_line(email)[:_LONGEST_EMAIL],
        recipient_name=name,
        subject=parts.subject,
        priority=priority,
        expires_at=min((value.expires_at for value in context.values() if isinstance(value, OneTimeUrl)), default=None),
    )
    message.message_id = message_id_of(message.id)
    mailbox = mailbox_in_ascii(email)
    if mailbox is None:
        message.state = DeliveryState.REJECTED
        message.reply_code, message.reply_text = UNSENDABLE_EMAIL.code, UNSENDABLE_EMAIL.text
        message.cause = UNSENDABLE_EMAIL.cause
        message.save(force_insert=True)
        keep_copy(message=message, text=parts.text, context=context, language=language)
        return message
    wire = compose_email(
        row_id=message.id,
        created_at=message.created_at,
        board=board,
        to=mailbox,
        recipient_name=name,
        language=language,
        parts=parts,
    )
    message.content = encrypt(wire.decode("ascii"), context=content_context(message.id))
    message.save(force_insert=True)
    keep_copy(message=message, text=parts.text, context=context, language=language)
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
        AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY priority, due_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE {Email._meta.db_table} AS message
SET state = '{DeliveryState.SENDING}', lease = %(lease)s, leased_until = %(leased_until)s
FROM due
WHERE message.id = due.id
RETURNING message.id, message.lease, message.email, message.content, message.priority, message.attempts,
    message.due_at, message.tried_since, message.expires_at
"""  # noqa: S608, SLF001 -- the table name comes from the model, the states are our constants


@dataclass(frozen=True, slots=True)
class LeasedEmail:
    """What sending an e-mail needs, with the lease under which the result is recorded."""

    id: uuid.UUID
    lease: uuid.UUID
    email: str
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


def lease_emails(*, most: int) -> list[LeasedEmail]:
    """Lease due e-mails for two minutes, the most urgent first; no other worker gets them meanwhile.

    Return at most `most` of them, none if nothing is due. All of them carry the same new lease.
    """
    now = timezone.now()
    parameters = {"now": now, "lease": uuid.uuid4(), "leased_until": now + LEASE, "most": most}
    with quick_transaction():
        # psycopg's own cursor: Django's reads everything as text, which costs twice as much for the contents.
        cursor = Cursor(connection.connection, row_factory=class_row(LeasedEmail))
        messages = cursor.execute(_LEASE, parameters, binary=True).fetchall()
    return sorted(messages, key=lambda message: (message.priority, message.due_at))


def release_emails(messages: list[LeasedEmail]) -> None:
    """Release the untried rest of a lease, which is then due again immediately."""
    Email.objects.filter(pk__in=[message.id for message in messages], lease=messages[0].lease).update(
        state=Case(When(attempts=0, then=Value(DeliveryState.QUEUED)), default=Value(DeliveryState.DEFERRED)),
        lease=None,
        leased_until=None,
    )


def is_anything_due() -> bool:
    """Return whether any e-mail is due and not leased."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Email.objects.filter(free, state__in=_OPEN, due_at__lte=now).exists()
