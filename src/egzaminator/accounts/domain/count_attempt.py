import datetime
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import Occasion, SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use, count_uses
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

SHORT: Final = Limit("second-factor.short", most=5, period=datetime.timedelta(minutes=5))
# NIST SP 800-63B-4, section 3.2.2, allows 100 failures in a row: 50 at log-ins and 50 in sessions.
LONG: Final = Limit("second-factor.long", most=50, period=datetime.timedelta(days=1))
_WARNING: Final = Limit("second-factor.warning", most=1, period=datetime.timedelta(days=1))
_NEWS: Final = {Occasion.LOGIN: SecurityNews.WRONG_CODES, Occasion.CONFIRMATION: SecurityNews.WRONG_PROOFS}


def count_attempt(*, account: Account, occasion: Occasion, address: str | None) -> None:
    """Count an attempt to prove by a code or password that one owns an account, before it is looked at.

    Counted under the password that the account has now: who sets a new one starts anew, so that nobody who found the
    old one out can keep the owner away. Log-ins and confirmations are counted apart: nobody who sits in a session of
    theirs may keep the owner from logging in and ending it. The owner is told, once a day, of either. Raises
    LimitReachedError.
    """
    whose = f"{account.id}\0{account.password}\0{occasion.value}"
    try:
        count_uses(uses=[(SHORT, whose), (LONG, whose)])
    except LimitReachedError:
        record_event(
            tag=Tag.SECOND_FACTOR_REFUSED,
            subject=account.id,
            address=address,
            details={"occasion": occasion.value, "throttled": True},
        )
        _warn(account, occasion)
        raise


def _warn(account: Account, occasion: Occasion) -> None:
    try:
        count_use(limit=_WARNING, of=f"{account.id}\0{occasion.value}")
    except LimitReachedError:
        return
    with transaction.atomic():
        tell_owner(account=account, news=_NEWS[occasion])
