"""What an administrator sees of the queue: what waits, what was refused and why. E-mail addresses are masked."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.mail.domain.queue import DELIVER_TASK
from egzaminator.mail.domain.replies import Reply, without_emails
from egzaminator.mail.enums import Cause, DeliveryState, Priority
from egzaminator.mail.models import Email
from egzaminator.runtime.jobs import start_job

_WAITING: Final = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)


@dataclass(frozen=True, slots=True)
class Line:
    """An e-mail of the queue, without its address."""

    id: uuid.UUID
    kind: str
    recipient: str
    state: str
    attempts: int
    since: datetime.datetime
    next_try_at: datetime.datetime
    """When it is tried next; of a refused one, when that was."""
    reason: str
    """Why it was not accepted, and what the server said; empty before the first try."""


def list_waiting(*, most: int) -> tuple[list[Line], int]:
    """Return the e-mails that wait, the oldest first, at most so many, and how many there are."""
    emails = Email.objects.filter(state__in=_WAITING)
    return [_describe(email) for email in emails.order_by("created_at").defer("content")[:most]], emails.count()


def list_refused(*, since: datetime.datetime, most: int) -> tuple[list[Line], int]:
    """Return the e-mails that were refused or given up since then, the latest first, and how many there are."""
    emails = Email.objects.filter(state=DeliveryState.REJECTED, due_at__gte=since)
    return [_describe(email) for email in emails.order_by("-due_at").defer("content")[:most]], emails.count()


def retry_now() -> int:
    """Make every e-mail that waits for another try due now, and return how many.

    What was refused stays so: its content is erased.
    """
    with transaction.atomic():
        count = Email.objects.filter(state=DeliveryState.DEFERRED).update(due_at=timezone.now())
        start_job(task=DELIVER_TASK, priority=-Priority.NOTICE)
    return count


def mask_email(email: str) -> str:
    """Return an e-mail address of which one can recognise one's own: "j…@example.pl"."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _describe(email: Email) -> Line:
    cause = Cause(email.cause)
    reply = Reply(email.reply_code, email.reply_text, cause)
    has_failed = email.attempts > 0 or email.state == DeliveryState.REJECTED
    return Line(
        id=email.id,
        kind=email.kind,
        recipient=mask_email(email.email),
        state=email.state,
        attempts=email.attempts,
        since=email.created_at,
        next_try_at=email.due_at,
        reason=f"{cause.value}: {without_emails(reply.words)}" if has_failed else "",
    )
