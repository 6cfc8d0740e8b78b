"""How often things of a claim may be done."""

import datetime
from typing import Final

from egzaminator.limits.domain.limit import Limit

TO_ONE_MAILBOX: Final = Limit("mail.mailbox", most=5, period=datetime.timedelta(days=1))
ABOUT_ONE_EXAMINER: Final = Limit("mail.examiner", most=10, period=datetime.timedelta(days=1))
# Guesses of a form's password, with its link or its status page at hand.
CLAIM_PASSWORD: Final = Limit("claim.password", most=10, period=datetime.timedelta(hours=1))
