import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.mail.domain.bounce_words import explain_bounce, name_bounce, reply_of
from egzaminator.mail.domain.deliver import KEEP_TRYING
from egzaminator.mail.domain.refusals import explain_reply
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import BounceKind, Cause, DeliveryState, Priority
from egzaminator.mail.models import Bounce, BounceAlarm, BounceMailbox, Email, EmailHold

_GAVE_UP: Final = _("We have tried for two days and could not hand the e-mail over.")
_LATELY: Final = datetime.timedelta(hours=1)
_MEDIAN: Final = f"""
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY accepted_at - created_at)
FROM {Email._meta.db_table}
WHERE accepted_at > %(since)s AND priority = %(priority)s
"""  # noqa: S608, SLF001 -- the table name comes from the model; every value is a parameter


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivery status of an e-mail, for the person who waits for it."""

    state: DeliveryState
    queued_at: datetime.datetime
    accepted_at: datetime.datetime | None
    """When our mail server accepted it. What happens after that is not visible to us."""
    next_try_at: datetime.datetime | None
    """When it is tried again after a failed try, else None."""
    tries_until: datetime.datetime | None
    """When it is given up if nothing changes; None if it has ended, or is never given up."""
    cause: Cause | None
    """Why the last try failed; None if none has."""
    explanation: list[Promise]
    """Why it has not been accepted, in sentences for the reader; empty while nothing has failed."""
    server_words: str
    """The server's reply in its own words, code first; empty before the first reply."""
    came_back_at: datetime.datetime | None = None
    """When a report said that the e-mail came back, after it had been handed over; None if none did."""
    delayed_at: datetime.datetime | None = None
    """When a report said that the recipient's server has not taken it yet; None if none did."""
    label: str = ""
    """Where the e-mail is, in a few words."""

    @property
    def shown(self) -> str:
        """The state that pages distinguish: that of the delivery, or "returned"."""
        return "returned" if self.came_back_at else self.state.value

    @property
    def is_refused(self) -> bool:
        """Whether another address has to be given: the server refused the e-mail, or it came back."""
        return self.shown == "returned" or (self.state is DeliveryState.REJECTED and self.cause is not Cause.LAPSED)


def latest_email(*, related_id: uuid.UUID, kind: str) -> Email | None:
    """Return the newest e-mail of a kind about a claim or account, or None."""
    emails = Email.objects.filter(related_id=related_id, kind=kind).select_related("bounce")
    return emails.order_by("-created_at").first()


def describe_delivery(message: Email) -> Delivery:
    """Return where an e-mail is and, if it did not get through, the reason in plain words."""
    state = DeliveryState(message.state)
    has_failed = state is not DeliveryState.ACCEPTED and (message.attempts > 0 or state is DeliveryState.REJECTED)
    cause = Cause(message.cause) if has_failed else None
    reply = Reply(message.reply_code, message.reply_text, Cause(message.cause))
    explanation: list[Promise] = []
    if cause is not None:
        if state is DeliveryState.REJECTED and not cause.is_final:
            explanation.append(_GAVE_UP)
        explanation.append(explain_reply(reply))
    if message.known_bounce is not None:
        return _describe_bounce(message, message.known_bounce)
    return Delivery(
        state=state,
        queued_at=message.created_at,
        accepted_at=message.accepted_at,
        next_try_at=message.due_at if state is DeliveryState.DEFERRED else None,
        tries_until=_tries_until(message) if state is DeliveryState.DEFERRED else None,
        cause=cause,
        explanation=explanation,
        server_words=reply.words,
        label=message.get_state_display(),
    )


def _describe_bounce(message: Email, bounce: Bounce) -> Delivery:
    has_come_back = BounceKind(bounce.kind).has_come_back
    return Delivery(
        state=DeliveryState(message.state),
        queued_at=message.created_at,
        accepted_at=message.accepted_at,
        next_try_at=None,
        tries_until=None,
        cause=Cause(bounce.cause),
        explanation=[explain_bounce(bounce)],
        server_words=reply_of(bounce).words,
        came_back_at=bounce.reported_at if has_come_back else None,
        delayed_at=None if has_come_back else bounce.reported_at,
        label=name_bounce(bounce),
    )


def _tries_until(message: Email) -> datetime.datetime | None:
    """Return when delivery is given up, or None if that has no date.

    It is the end of the two days of retries or the expiry of the e-mail's link, whichever comes first.
    """
    ends = [message.expires_at, message.tried_since + KEEP_TRYING if message.tried_since else None]
    return min((end for end in ends if end is not None), default=None)


def pace_lately() -> datetime.timedelta | None:
    """Return the median time from queueing to acceptance, for the urgent e-mails accepted in the last hour.

    Urgent e-mails are those that somebody waits for (the highest priority); None if there were none. Slow or quick, the
    next one can expect the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, {"since": timezone.now() - _LATELY, "priority": Priority.ACCESS})
        (took,) = cursor.fetchone()
    return cast("datetime.timedelta | None", took)


PAGE_SIZE: Final = 20


def list_emails(*, related_id: uuid.UUID, kinds: Collection[str], after: uuid.UUID | None = None) -> Page[Email]:
    """Return one page of the e-mails of some kinds about an account, newest first, in at most two queries.

    `after` is the last e-mail of the previous page; an unknown one is the beginning.
    """
    emails = emails_of(related_id=related_id, kinds=kinds).select_related("bounce").defer("content")
    return page_after(row_at(emails, after), emails, by="-created_at", size=PAGE_SIZE)


def emails_of(*, related_id: uuid.UUID, kinds: Collection[str]) -> QuerySet[Email]:
    """Return all e-mails of some kinds about an account, newest first."""
    return Email.objects.filter(related_id=related_id, kind__in=kinds).order_by("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class Queue:
    """The state of the e-mail queue."""

    waiting: int
    oldest_at: datetime.datetime | None
    """When the oldest of those that wait was queued; None if none waits."""
    rejected_today: int
    """How many were refused or given up today."""
    returned_today: int
    """How many came back, by the day of the report."""
    accepted_at: datetime.datetime | None
    """When our mail server last accepted an e-mail; None if none is kept."""


def describe_queue() -> Queue:
    """Return the state of the e-mail queue, in four queries of which each reads an index that holds only such rows."""
    waiting = Email.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED])
    counted = waiting.aggregate(count=Count("pk"), oldest_at=Min("created_at"))
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rejected = Email.objects.filter(state=DeliveryState.REJECTED, due_at__gte=midnight)
    accepted = Email.objects.filter(accepted_at__isnull=False).order_by("-accepted_at")
    return Queue(
        waiting=counted["count"],
        oldest_at=counted["oldest_at"],
        rejected_today=rejected.count(),
        returned_today=Bounce.objects.exclude(kind=BounceKind.DELAYED).filter(reported_at__gte=midnight).count(),
        accepted_at=accepted.values_list("accepted_at", flat=True).first(),
    )


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """Whether e-mails that come back are noticed, and what waits because of them."""

    is_read: bool
    """Whether the settings name a mailbox to read."""
    read_at: datetime.datetime | None
    """When it was last read."""
    not_understood: int
    """How many messages in it wait for a person."""
    held: int
    """How many addresses are on hold."""
    alarms: list[BounceAlarm]


def describe_returned_mail() -> ReturnedMail:
    """Return whether e-mails that come back are noticed, in three queries."""
    mailbox = BounceMailbox.objects.first()
    return ReturnedMail(
        is_read=settings.BOUNCE_MAILBOX is not None,
        read_at=mailbox.read_at if mailbox else None,
        not_understood=mailbox.not_understood if mailbox else 0,
        held=EmailHold.objects.count(),
        alarms=list(BounceAlarm.objects.order_by("began_at")),
    )
