import datetime
import uuid
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use, count_uses
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

_DAY: Final = datetime.timedelta(days=1)
# One call on the telephone takes two minutes or more, and one person: the case code, the search, the page that it leads
# to and whatever is done there are one look. So the busiest clerk stays far below, all day long, while a stolen session
# would need weeks for a register of 20,000.
OFTEN: Final = Limit("panel.look-ups.often", most=60, period=datetime.timedelta(minutes=10))
LONG: Final = Limit("panel.look-ups.day", most=500, period=_DAY)
_SEEN: Final = Limit("panel.look-ups.seen", most=1, period=OFTEN.period)
_WARNING: Final = Limit("panel.look-ups.warning", most=1, period=_DAY)


def count_look_up(*, actor: uuid.UUID, whom: str, address: str) -> None:
    """Count that one of the staff looks at somebody, before anything is shown or done.

    Whoever was looked at in the last ten minutes is not counted anew, however they are reached. Past the limit an event
    says so each time and, once a day, an e-mail to the staff member's own mailbox, with a link that freezes their
    account: it may be somebody else who is logged in to it. Takes the staff account; any text that names the person
    looked at, what was searched for in vain, or a page of a list; and the client's IP address. Raises
    LimitReachedError.
    """
    try:
        # What is refused is counted nowhere, or the second try would find the person among those looked at.
        with transaction.atomic():
            if _is_new(actor, whom):
                count_uses(uses=[(OFTEN, str(actor)), (LONG, str(actor))])
    except LimitReachedError:
        record_event(tag=Tag.LOOK_UPS_CAPPED, actor=actor, subject=actor, address=address)
        _warn(actor)
        raise


def _is_new(actor: uuid.UUID, whom: str) -> bool:
    try:
        count_use(limit=_SEEN, of=f"{actor}\0{whom}")
    except LimitReachedError:
        return False
    return True


def _warn(actor: uuid.UUID) -> None:
    try:
        count_use(limit=_WARNING, of=str(actor))
    except LimitReachedError:
        return
    with transaction.atomic():
        tell_owner(account=Account.objects.get(pk=actor), news=SecurityNews.LOOK_UPS)
