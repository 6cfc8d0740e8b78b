"""Mailings as examiners read them in "My account"."""

from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.mailings.domain.contents import person_of
from egzaminator.mailings.domain.markup import Block, filled, has_field, parse
from egzaminator.mailings.enums import LeftOut, MailingState, RecipientState
from egzaminator.mailings.models import Recipient
from egzaminator.register.models import Examiner

PAGE_SIZE: Final = 20


def readable_by(examiner: Examiner) -> QuerySet[Recipient]:
    """Return the query for the mailings that an examiner reads, each by its row of this recipient, as `at` began.

    They are there from the first moment at which the e-mail could be sent, also for who has no address or has turned
    e-mails off. While a mailing is stopped, and after it was cancelled, only who has got the e-mail reads it.
    """
    is_stopped = Q(mailing__state__in=[MailingState.PLANNED, MailingState.PAUSED, MailingState.CANCELLED])
    return (
        Recipient.objects.filter(examiner=examiner, mailing__started_at__isnull=False)
        .exclude(state=RecipientState.CANCELLED)
        .exclude(left_out=LeftOut.DECEASED)
        .exclude(is_stopped, state=RecipientState.WAITING)
        .annotate(at=F("mailing__started_at"))
        .select_related("mailing")
    )


def list_readable(*, examiner: Examiner, after: int | None, size: int = PAGE_SIZE) -> Page[Recipient]:
    """Return a page of the mailings that an examiner reads, the newest first, in at most two queries."""
    rows = readable_by(examiner)
    return page_after(row_at(rows, after), rows, by="-at", size=size)


def count_unread(*, examiner: Examiner) -> int:
    """Return how many mailings an examiner has not read yet."""
    return readable_by(examiner).filter(read_at=None).count()


def blocks_for(*, recipient: Recipient, examiner: Examiner) -> list[Block]:
    """Return the text of a mailing as its recipient reads it, with their numbers. Raise `UndecryptableError`."""
    body = recipient.mailing.body
    numbers = examiner.entries.order_by("entered_on", "number_key").values_list("number", flat=True)
    values = person_of(examiner, needs_pesel=has_field(body, "zwrot")).values(numbers=", ".join(numbers))
    return filled(parse(body), values)


def mark_read(*, recipient: Recipient) -> None:
    """Record that a recipient has read a mailing in the service, the first time."""
    Recipient.objects.filter(pk=recipient.pk, read_at=None).update(read_at=timezone.now())
