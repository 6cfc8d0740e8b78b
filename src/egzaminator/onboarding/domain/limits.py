"""Rate limits of onboarding: password hashes, e-mails and password attempts."""

import datetime
from typing import Final

from egzaminator.limits.domain.limit import Limit

_DAY: Final = datetime.timedelta(days=1)
_HOUR: Final = datetime.timedelta(hours=1)

# Password hashes for one claim grant. A password that was valid comes back encrypted and is not hashed again.
HASHES_OF_SCOPE: Final = Limit("claim.hashes", most=20, period=_HOUR)
TO_KNOWN_MAILBOX: Final = Limit("mail.known-mailbox", most=5, period=_DAY)
# Activation e-mails sent because anybody, owner or stranger, reported a forgotten password. They do not count towards
# the claim's own five sends.
BY_RESET: Final = Limit("mail.claim-by-reset", most=3, period=_DAY)
# Attempts at a form's password: by whoever has its link, and by whoever has its status page. The counters are separate,
# so that a stranger who receives a misaddressed e-mail cannot keep the owner from correcting the address.
PASSWORD_BY_LINK: Final = Limit("claim.password-by-link", most=10, period=_HOUR)
PASSWORD_BY_STATUS: Final = Limit("claim.password-by-status", most=10, period=_HOUR)
