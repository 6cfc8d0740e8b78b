import datetime
from typing import Final

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

# Of each kind apart: whoever repeats one thing must not by that keep the owner from hearing of another.
NOTICES: Final = Limit("notice.account", most=5, period=datetime.timedelta(days=1))


def may_tell(*, account: Account, what: str, mailbox: str) -> bool:
    """Count a notice about an account's security; tell whether it may go out, five a day of one kind to a mailbox.

    After five its reader knows; what a thief had sent to a mailbox of their own keeps nothing from the owner's. One
    that may not is recorded. In the caller's transaction.
    """
    try:
        count_use(limit=NOTICES, of=f"{account.id}\0{what}\0{mailbox.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return False
    return True
