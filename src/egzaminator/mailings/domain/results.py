"""What became of a mailing: the recipients' states, from the e-mails that the queue has sent, and how many are in each.

The queue knows nothing of mailings. So its results are taken over each minute, and before a page shows them. Doing it
twice changes nothing, and so whatever a crash has left is put right by the next time.
"""

import uuid
from typing import Final

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from egzaminator.mail.enums import BounceKind, DeliveryState
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.mailings.models import Mailing

# Somebody whose e-mail was being sent when the mailing was cancelled has got it all the same.
_TAKE_OVER: Final = f"""
UPDATE mailings_recipient recipient SET state = CASE email.state
    WHEN '{DeliveryState.ACCEPTED}' THEN '{RecipientState.HANDED_OVER}' ELSE '{RecipientState.REFUSED}' END
FROM mail_email email
WHERE recipient.mailing_id = %s AND email.id = recipient.email_id
    AND recipient.state IN ('{RecipientState.WAITING}', '{RecipientState.CANCELLED}')
    AND email.state IN ('{DeliveryState.ACCEPTED}', '{DeliveryState.REJECTED}')
"""  # noqa: S608 -- built from constants only
_CAME_BACK: Final = f"""
UPDATE mailings_recipient recipient SET state = '{RecipientState.CAME_BACK}'
FROM mail_bounce bounce
WHERE recipient.mailing_id = %s AND bounce.message_id = recipient.email_id
    AND recipient.state = '{RecipientState.HANDED_OVER}' AND bounce.kind <> '{BounceKind.DELAYED}'
"""  # noqa: S608 -- built from constants only
READ: Final = "read"


def plan_anew() -> None:
    """Have PostgreSQL plan the statements of the transaction by how large the tables are now.

    The plan that a prepared statement keeps may be from when there was hardly a row. 20,000 are written at once, and
    that plan would read all of them for each of them (docs/decisions/0011).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def settle(mailing: Mailing) -> None:
    """Take over what was sent and what came back, count, and end a mailing that nobody waits for, under its lock."""
    plan_anew()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, [mailing.pk])
        cursor.execute(_CAME_BACK, [mailing.pk])
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
