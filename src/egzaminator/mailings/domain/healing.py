"""What each minute puts right in the mailings that are being sent, whatever was killed meanwhile."""

import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from egzaminator.mailings.domain.results import settle
from egzaminator.mailings.domain.sending import queue_waiting
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing

# So long after the end of a mailing, e-mails of it may still come back.
_ECHO: Final = datetime.timedelta(days=7)


def settle_open() -> None:
    """Take over the results of all mailings that have not ended, and queue e-mails that are missing in the queue."""
    lately = timezone.now() - _ECHO
    is_open = Q(state__in=[MailingState.SENDING, MailingState.PAUSED]) | Q(ended_at__gte=lately)
    for mailing_id in list(Mailing.objects.filter(is_open).values_list("pk", flat=True)):
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update(skip_locked=True).filter(is_open, pk=mailing_id).first()
            if mailing is not None:
                if mailing.state == MailingState.SENDING:
                    queue_waiting(mailing)
                settle(mailing)
