"""Caps on the e-mails that somebody requests, whichever page they request them on."""

import datetime
import math
from typing import Final

from django.utils import timezone

from egzaminator.limits.domain.limit import Limit

_DAY: Final = datetime.timedelta(days=1)

TO_ONE_MAILBOX: Final = Limit("mail.mailbox", most=5, period=_DAY)
ABOUT_ONE_EXAMINER: Final = Limit("mail.examiner", most=10, period=_DAY)
# For one claim, and for one e-mail change.
MOST_SENDS: Final = 5
PAUSE: Final = datetime.timedelta(seconds=60)


def seconds_to_pause(last_sent_at: datetime.datetime | None) -> int:
    """Return the seconds from now until another e-mail may be requested, 0 if it may be now."""
    if last_sent_at is None:
        return 0
    return max(0, math.ceil((last_sent_at + PAUSE - timezone.now()).total_seconds()))
