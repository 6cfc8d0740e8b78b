"""The rows of a mailing's recipients: what became of each, in plain words, on the screen and in a file."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from egzaminator.core.templatetags.dates import table_date
from egzaminator.core.text import full_name
from egzaminator.mail.domain.bounce_words import reason_of_bounce, reply_of
from egzaminator.mail.domain.reasons import reason_of
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.enums import BounceKind, Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.enums import MISSED, LeftOut, RecipientState
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.register.models import Examiner

_AT_ONCE: Final = 1000
# All states together in which the e-mail has not reached somebody.
NOT_REACHED: Final = "missed"
_TROUBLED: Final = frozenset({RecipientState.WAITING, RecipientState.REFUSED, RecipientState.CAME_BACK})
HEADING: Final[dict[str, Promise]] = {
    "surname": gettext_lazy("Surname"),
    "first_names": gettext_lazy("First names"),
    "numbers": gettext_lazy("Registration numbers"),
    "email": gettext_lazy("E-mail address"),
    "state": gettext_lazy("State"),
    "why": gettext_lazy("Reason"),
    "server_words": gettext_lazy("What the mail server said"),
    "read_at": gettext_lazy("Read in “My account”"),
}


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient, as the list shows them."""

    examiner: Examiner
    recipient: Recipient
    email: str
    """The address that their e-mail went to, or goes to; "" if there is none in the queue."""
    why: str
    """Why it has not reached them; "" if it has, or may yet."""
    server_words: str


def describe_recipients(recipients: Sequence[Recipient]) -> list[RecipientRow]:
    """Return the rows of a page of recipients, in one query."""
    emails = (
        Email.objects.filter(pk__in=[one.email_id for one in recipients])
        .select_related("bounce")
        .defer("content")
        .in_bulk()
    )
    return [_row(one, emails.get(one.email_id)) for one in recipients]


def states_in(shown: str) -> list[str]:
    """Return the states that a list shows: one, those of `NOT_REACHED`, or none, which stands for all."""
    return [*MISSED] if shown == NOT_REACHED else [shown] if shown in RecipientState.values else []


def recipients_in(*, mailing: Mailing, state: str) -> QuerySet[Recipient]:
    """Return the query for the recipients that a list shows (`states_in`), in the register's order."""
    rows = mailing.recipients.select_related("examiner").order_by("id")
    states = states_in(state)
    return rows.filter(state__in=states) if states else rows


def recipient_rows(*, recipients: QuerySet[Recipient]) -> Iterator[tuple[list[list[str]], list[uuid.UUID]]]:
    """Yield the rows of a file of recipients, in batches with the ids of the people, in the order of `HEADING`."""
    ordered = recipients.prefetch_related("examiner__entries").iterator(chunk_size=_AT_ONCE)
    while some := list(itertools.islice(ordered, _AT_ONCE)):
        yield [_cells(row) for row in describe_recipients(some)], [one.examiner_id for one in some]


def _cells(row: RecipientRow) -> list[str]:
    examiner = row.examiner
    return [
        full_name(examiner.surname),
        full_name(examiner.first_names),
        ", ".join(sorted(entry.number for entry in examiner.entries.all() if entry.is_active)),
        row.email,
        row.recipient.get_state_display(),
        row.why,
        row.server_words,
        table_date(row.recipient.read_at) if row.recipient.read_at else "",
    ]


def _row(recipient: Recipient, email: Email | None) -> RecipientRow:
    why, server_words = _trouble(recipient, email)
    return RecipientRow(recipient.examiner, recipient, email.email if email else "", why, server_words)


def _trouble(recipient: Recipient, email: Email | None) -> tuple[str, str]:
    """Return why somebody has not got the e-mail, and the mail server's own words."""
    if recipient.state == RecipientState.LEFT_OUT:
        return str(LeftOut(recipient.left_out).label), ""
    if email is None or recipient.state not in _TROUBLED:
        return "", ""
    return trouble_of(email)


def trouble_of(email: Email) -> tuple[str, str]:
    """Return why an e-mail has not arrived, and the mail server's own words; "" for both if it has, or may yet."""
    bounce = email.known_bounce
    if bounce is not None and BounceKind(bounce.kind).has_come_back:
        return str(reason_of_bounce(bounce)), reply_of(bounce).words
    if email.state == DeliveryState.REJECTED or (email.attempts > 0 and email.state != DeliveryState.ACCEPTED):
        reply = Reply(email.reply_code, email.reply_text, Cause(email.cause))
        return str(reason_of(reply)), reply.words
    return "", ""
