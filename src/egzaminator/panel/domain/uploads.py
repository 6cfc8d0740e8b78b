"""How many files staff may send, to be imported or attached.

The check of a file tells which of its people the register has, so it answers questions as a search does, and many at
once. What a page of the preview shows counts as a look-up; this limit is for what the counts alone tell.
"""

import datetime
from typing import Final

from django.db import transaction

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_many_uploads
from egzaminator.panel.errors import UploadsUsedUpError
from egzaminator.rate_limits.domain.counters import Limit, hit, hit_all
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.staff.domain.notifications import mailboxes_of_inspection

# A file with twelve wrong rows is mended and sent again two or three times.
DAILY: Final = Limit("panel.uploads", most=20, period=datetime.timedelta(days=1))
# Ten mailings with all that they may have.
ATTACHMENTS: Final = Limit("panel.attachments", most=50, period=datetime.timedelta(days=1))


def hit_upload_limit(*, by: Actor) -> None:
    """Count a file that a staff member sends, before it is read. It is recorded once it has arrived.

    Past half the limit the inspectors are told, once. Raise `UploadsUsedUpError` at the limit, which is recorded too.
    """
    member = Account.objects.get(pk=str(by.account_id))
    try:
        with transaction.atomic():
            count = hit_all(uses=[(DAILY, str(member.pk))])[DAILY.name]
            if count == DAILY.most // 2 + 1:
                _notify_inspectors(member)
    except LimitReachedError:
        record_event(tag=Tag.LOOKUPS_CAPPED, by=by, subject=member.pk)
        raise UploadsUsedUpError from None


def hit_attachment_limit(*, by: Actor) -> None:
    """Count an attachment that a staff member sends, before it is read. Raise `UploadsUsedUpError` at the limit."""
    try:
        with transaction.atomic():
            hit(limit=ATTACHMENTS, of=str(by.account_id))
    except LimitReachedError:
        raise UploadsUsedUpError from None


def _notify_inspectors(member: Account) -> None:
    for mailbox in mailboxes_of_inspection():
        queue_many_uploads(account_id=member.pk, mailbox=mailbox, name=member.display_name)
