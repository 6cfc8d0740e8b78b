"""The rows of a mailing's recipients: what became of each, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from egzaminator.mail.domain.status import describe_delivery
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.enums import LeftOut, RecipientState
from egzaminator.mailings.models import Recipient
from egzaminator.register.models import Examiner


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
    emails = Email.objects.filter(pk__in=[one.email_id for one in recipients]).defer("content").in_bulk()
    return [_row(one, emails.get(one.email_id)) for one in recipients]


def _row(recipient: Recipient, email: Email | None) -> RecipientRow:
    why, server_words = "", ""
    if recipient.state == RecipientState.LEFT_OUT:
        why = str(LeftOut(recipient.left_out).label)
    elif recipient.state in {RecipientState.WAITING, RecipientState.REFUSED} and email is not None:
        delivery = describe_delivery(email)
        why = " ".join(str(sentence) for sentence in delivery.explanation)
        server_words = delivery.server_words
        if email.state == DeliveryState.DEFERRED and not why:
            why = _("will be tried again")
    return RecipientRow(recipient.examiner, recipient, email.email if email else "", why, server_words)
