"""How many e-mails go out that somebody asks for, whichever page they ask on."""

import datetime
from typing import Final

from egzaminator.limits.domain.limit import Limit

_DAY: Final = datetime.timedelta(days=1)

TO_ONE_MAILBOX: Final = Limit("mail.mailbox", most=5, period=_DAY)
ABOUT_ONE_EXAMINER: Final = Limit("mail.examiner", most=10, period=_DAY)
