"""What became of a mailing: the recipients' states, from the e-mails that the queue has sent, and how many are in each.

The queue knows nothing of mailings. So its results are taken over each minute, and before a page shows them. Doing it
twice changes nothing, and so whatever a crash has left is put right by the next time.
"""

import uuid
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from egzaminator.mail.enums import DeliveryState
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.mailings.models import Mailing, Recipient

# Somebody whose e-mail was being sent when the mailing was cancelled has got it all the same.
_TAKE_OVER: Final = f"""
UPDATE mailings_recipient recipient SET state = CASE email.state
    WHEN '{DeliveryState.ACCEPTED}' THEN '{RecipientState.HANDED_OVER}' ELSE '{RecipientState.REFUSED}' END
FROM mail_email email
WHERE recipient.mailing_id = %s AND email.id = recipient.email_id
    AND recipient.state IN ('{RecipientState.WAITING}', '{RecipientState.CANCELLED}')
    AND email.state IN ('{DeliveryState.ACCEPTED}', '{DeliveryState.REJECTED}')
"""  # noqa: S608 -- built from constants only
READ: Final = "read"
# After its end, e-mails that were being sent may still be accepted.
_OPEN: Final = (MailingState.SENDING, MailingState.PAUSED, MailingState.CANCELLED)


def settle(mailing: Mailing) -> None:
    """Take over what the queue has sent, count, and end a mailing that nobody waits for. The caller has its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, [mailing.pk])
    counts = dict(mailing.recipients.values_list("state").annotate(Count("id")))
    mailing.counts = counts | {READ: mailing.recipients.filter(read_at__isnull=False).count()}
    if mailing.state == MailingState.SENDING and not counts.get(RecipientState.WAITING):
        mailing.state, mailing.ended_at = MailingState.FINISHED, timezone.now()
    mailing.save(update_fields=["counts", "state", "ended_at"])


def refresh(*, mailing_id: uuid.UUID) -> None:
    """Settle a mailing, unless somebody else is just changing it."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update(skip_locked=True).filter(pk=mailing_id).first()
        if mailing is not None and mailing.state != MailingState.DRAFT:
            settle(mailing)


def mark_came_back(*, email_ids: QuerySet[Recipient] | list[uuid.UUID]) -> int:
    """Record that e-mails came back from where they had been handed over to. Return how many were of mailings."""
    return Recipient.objects.filter(email_id__in=email_ids, state=RecipientState.HANDED_OVER).update(
        state=RecipientState.CAME_BACK
    )
