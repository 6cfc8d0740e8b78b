"""How often things of a claim may be done."""

import datetime
from typing import Final

from egzaminator.limits.domain.limit import Limit

_DAY: Final = datetime.timedelta(days=1)
_HOUR: Final = datetime.timedelta(hours=1)

# Passwords typed into one form of a first login. One that was fine is kept sealed, and not hashed again.
HASHES_OF_SCOPE: Final = Limit("claim.hashes", most=20, period=_HOUR)
TO_KNOWN_MAILBOX: Final = Limit("mail.known-mailbox", most=5, period=_DAY)
# Activations sent because somebody forgot a password, whoever they are: they spend none of the claim's own five.
BY_RESET: Final = Limit("mail.claim-by-reset", most=3, period=_DAY)
# Guesses of a form's password: by whoever has its link, and by whoever has its status page. Apart, so that a stranger
# who gets a mistyped e-mail cannot keep the owner from correcting the address.
PASSWORD_BY_LINK: Final = Limit("claim.password-by-link", most=10, period=_HOUR)
PASSWORD_BY_STATUS: Final = Limit("claim.password-by-status", most=10, period=_HOUR)
