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
# NIST SP 800-63B-4, section 3.2.2, allows 100 failures in a row: here 50 at log-ins and 50 in sessions.
LONG: Final = Limit("second-factor.long", most=50, period=datetime.timedelta(days=1))
_WARNING: Final = Limit("second-factor.warning", most=1, period=datetime.timedelta(days=1))
_NEWS: Final = {Occasion.LOGIN: SecurityNews.WRONG_CODES, Occasion.CONFIRMATION: SecurityNews.WRONG_PROOFS}


def count_attempt(*, account: Account, occasion: Occasion, address: str | None) -> None:
    """Count an attempt to prove ownership of an account by a code or password, before it is checked.

    The counter belongs to the account's present password. A new password starts a new one, so nobody who found the old
    password out can keep the owner away. Log-ins and reauthentication are counted separately, so nobody inside a
    session of the account can keep the owner from logging in and ending it. The owner is notified, once a day, if the
    limit of either is reached. The event carries the client's IP address. Raise `LimitReachedError` if a limit is
    reached.
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
