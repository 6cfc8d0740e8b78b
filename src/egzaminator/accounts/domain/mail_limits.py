"""How many e-mails go out that somebody asks for, whichever page they ask on."""

import datetime
import math
from typing import Final

from django.utils import timezone

from egzaminator.limits.domain.limit import Limit

_DAY: Final = datetime.timedelta(days=1)

TO_ONE_MAILBOX: Final = Limit("mail.mailbox", most=5, period=_DAY)
ABOUT_ONE_EXAMINER: Final = Limit("mail.examiner", most=10, period=_DAY)
# Of one form, and of one change of address.
MOST_SENDS: Final = 5
PAUSE: Final = datetime.timedelta(seconds=60)


def seconds_to_pause(last_sent_at: datetime.datetime | None) -> int:
    """Take when an e-mail was sent last; give the seconds until another may be asked for, 0 when it may be now."""
    if last_sent_at is None:
        return 0
    return max(0, math.ceil((last_sent_at + PAUSE - timezone.now()).total_seconds()))
