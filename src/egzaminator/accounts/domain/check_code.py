"""The check of a code that was typed: the authenticator app's, or a recovery code."""

import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction

from egzaminator.accounts.domain.count_attempt import count_attempt
from egzaminator.accounts.domain.factors import APP, PASSKEY
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import Occasion, SecurityNews
from egzaminator.accounts.errors import WrongCodeError
from egzaminator.accounts.factor_secrets import secrets_of
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

FEW_CODES: Final = 3
# allauth accepts a code for three periods (its own, the one before and the one after), but remembers a used code for
# only one.
APP_CODE: Final = Limit("second-factor.app-code", most=1, period=datetime.timedelta(minutes=2))


def check_code(*, account: Account, code: str, occasion: Occasion, address: str | None = None) -> Authenticator:
    """Check a code of the account's authenticator app or one of its recovery codes, and use it up.

    `code` is as typed, and `occasion` is what it is given for. The event carries the client's IP address. Return the
    authenticator that the code belongs to. Raise `WrongCodeError` if it is wrong or was used before,
    `LimitReachedError` after too many attempts.
    """
    count_attempt(account=account, occasion=occasion, address=address)
    with transaction.atomic():
        authenticator = _take(account, _signs(code))
        if authenticator is not None and authenticator.type != APP:
            _tell_of_recovery(account, authenticator, address)
    if authenticator is None:
        record_event(
            tag=Tag.SECOND_FACTOR_REFUSED, subject=account.id, address=address, details={"occasion": occasion.value}
        )
        raise WrongCodeError
    return authenticator


def is_new_app_code(*, account: Account, code: str) -> bool:
    """Record that an app's code was used; return whether this was its first use."""
    try:
        count_use(limit=APP_CODE, of=f"{account.id}\0{_signs(code)}")
    except LimitReachedError:
        return False
    return True


def _take(account: Account, code: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update().filter(user=account).exclude(type=PASSKEY)
    with secrets_of(account.id):
        for row in rows.order_by("id"):
            row.user = account
            fits = row.wrap().validate_code(code)
            if fits and (row.type != APP or is_new_app_code(account=account, code=code)):
                return row
    return None


def _tell_of_recovery(account: Account, authenticator: Authenticator, address: str | None) -> None:
    authenticator.refresh_from_db()
    with secrets_of(account.id):
        left = len(authenticator.wrap().get_unused_codes())
    record_event(tag=Tag.RECOVERY_CODE_USED, subject=account.id, address=address, details={"left": left})
    if left <= FEW_CODES:
        tell_owner(account=account, news=SecurityNews.CODES_LOW)


def _signs(code: str) -> str:
    """Return a code without the spaces and hyphens that people put between its digits."""
    return "".join(sign for sign in code if sign.isalnum())
