"""Advice for staff on the telephone with an examiner, by the reason why the log-in was refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.audit.enums import Refusal

_FORGOTTEN: Final = _(
    "Let them choose “Forgotten your password?” at the log-in: a link comes to the account's e-mail address."
)
# None if the text of the reason already says what to do.
ADVICE: Final[Mapping[Refusal, Promise | None]] = {
    Refusal.UNKNOWN: _(
        "Go through the PESEL with them digit by digit. If it is right, our register does not hold them: "
        "perhaps another board's does."
    ),
    Refusal.NO_MATCH: _(
        "Let them read the number out from the decision, and compare it with those on the examiner's page. "
        "Do not tell them the number before you know whom you speak with."
    ),
    Refusal.STRUCK_OFF: _(
        "A first login needs an active entry. If the examiner has one, let them type its number; "
        "if not, no account can be made."
    ),
    Refusal.HAS_ACCOUNT: _(
        "Let them type the password that they chose, not the number. If they do not remember it: "
        "“Forgotten your password?” at the log-in. If they never made an account, freeze it on the examiner's page."
    ),
    Refusal.WRONG_PASSWORD: _FORGOTTEN,
    Refusal.THROTTLED: _("Let them wait a minute and try once more, slowly. Earlier attempts had other reasons."),
    Refusal.UNREADABLE: None,
}
