import datetime
from typing import Final

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

# Counted per kind: an attacker who repeats one act must not keep the owner from hearing of another.
NOTICES: Final = Limit("notice.account", most=5, period=datetime.timedelta(days=1))


def may_tell(*, account: Account, what: str, mailbox: str) -> bool:
    """Count a notice about an account's security; return whether it may be sent.

    Five a day may be sent per kind and mailbox: after five, the reader knows. The count is per mailbox so that notices
    to a thief's mailbox do not use up the owner's. A notice that may not be sent is recorded. The count runs in the
    caller's transaction.
    """
    try:
        count_use(limit=NOTICES, of=f"{account.id}\0{what}\0{mailbox.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return False
    return True
