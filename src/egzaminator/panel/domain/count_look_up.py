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
# A telephone call takes two minutes or more and is about one person. The case code, the search, the page that it leads
# to and whatever is done there count as one look-up. So even the busiest clerk stays far below these limits all day,
# while an attacker with a stolen session would need weeks to read a register of 20,000.
OFTEN: Final = Limit("panel.look-ups.often", most=60, period=datetime.timedelta(minutes=10))
LONG: Final = Limit("panel.look-ups.day", most=500, period=_DAY)
_SEEN: Final = Limit("panel.look-ups.seen", most=1, period=OFTEN.period)
_WARNING: Final = Limit("panel.look-ups.warning", most=1, period=_DAY)


def count_look_up(*, actor: uuid.UUID, whom: str, address: str) -> None:
    """Count a staff member's look-up of a person against the rate limits, before anything is shown or done.

    `actor` is the staff account and `address` the client's IP address. `whom` is any text that identifies the person
    looked at, a search without a result, or a page of a list. A second look-up of the same `whom` within ten minutes is
    not counted again, however it was reached.

    Raise `LimitReachedError` at a limit. Each such attempt is recorded as an event. Once a day an e-mail also goes to
    the staff member's own mailbox with a link that freezes their account, because an attacker may be logged in to it.
    """
    try:
        # A refusal rolls back all counters. Otherwise the person would count as seen, and a second try would succeed.
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
