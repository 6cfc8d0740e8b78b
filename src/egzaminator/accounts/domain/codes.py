"""Codes that people type: those of an authenticator app, and recovery codes."""

import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from egzaminator.accounts.domain.locks import lock_own
from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.domain.reauthentication import count_attempt
from egzaminator.accounts.enums import ProofReason, SecurityNews
from egzaminator.accounts.errors import NoSecondFactorError, WrongCodeError
from egzaminator.accounts.mfa.secrets import secrets_of
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

RECOVERY: Final = Authenticator.Type.RECOVERY_CODES
TOTP: Final = Authenticator.Type.TOTP
PASSKEY: Final = Authenticator.Type.WEBAUTHN

FEW_CODES: Final = 3
# allauth accepts a code for three periods (its own, the one before and the one after), but remembers a used code for
# only one.
TOTP_CODE: Final = Limit("second-factor.totp-code", most=1, period=datetime.timedelta(minutes=2))


def check_code(*, account: Account, code: str, reason: ProofReason, ip: str | None = None) -> Authenticator:
    """Check a code of the account's authenticator app or one of its recovery codes, and use it up.

    `code` is as typed, and `reason` is what it is given for. The event carries the client's IP address. Return the
    authenticator that the code belongs to. Raise `WrongCodeError` if it is wrong or was used before,
    `LimitReachedError` after too many attempts.
    """
    count_attempt(account=account, reason=reason, ip=ip)
    with transaction.atomic():
        authenticator = _use_up(account, _without_separators(code))
        if authenticator is not None and authenticator.type == RECOVERY:
            _record_recovery(account, authenticator, ip)
    if authenticator is None:
        record_event(
            tag=Tag.SECOND_FACTOR_REFUSED, subject=account.id, by=Actor(ip=ip), details={"reason": reason.value}
        )
        raise WrongCodeError
    return authenticator


def is_new_totp_code(*, account: Account, code: str) -> bool:
    """Record that an authenticator app's code was used; return whether this was its first use."""
    try:
        hit(limit=TOTP_CODE, of=f"{account.id}\0{_without_separators(code)}")
    except LimitReachedError:
        return False
    return True


def make_recovery_codes(*, account: Account, ip: str | None = None) -> None:
    """Make ten recovery codes, each valid for one log-in without the second factor; earlier codes are deleted.

    `second_factors_of` returns them for ten minutes. Raise `NoSecondFactorError` if the account has no factor to
    recover from.
    """
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        if not rows.exclude(type=RECOVERY).exists():
            raise NoSecondFactorError
        rows.filter(type=RECOVERY).delete()
        _make(account, ip)
        notify_owner(account=account, news=SecurityNews.CODES_MADE)


def make_first_recovery_codes(*, account: Account, ip: str | None = None) -> bool:
    """Make recovery codes unless the account has some, in the caller's transaction; return whether they were made.

    The caller notifies the owner, of the factor that it added.
    """
    if Authenticator.objects.filter(user=account, type=RECOVERY).exists():
        return False
    _make(account, ip)
    return True


def _use_up(account: Account, code: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update().filter(user=account).exclude(type=PASSKEY)
    with secrets_of(account.id):
        for row in rows.order_by("id"):
            row.user = account
            fits = row.wrap().validate_code(code)
            if fits and (row.type != TOTP or is_new_totp_code(account=account, code=code)):
                return row
    return None


def _record_recovery(account: Account, authenticator: Authenticator, ip: str | None) -> None:
    authenticator.refresh_from_db()
    with secrets_of(account.id):
        left = len(authenticator.wrap().get_unused_codes())
    record_event(tag=Tag.RECOVERY_CODE_USED, subject=account.id, by=Actor(ip=ip), details={"left": left})
    if left <= FEW_CODES:
        notify_owner(account=account, news=SecurityNews.CODES_LOW)


def _make(account: Account, ip: str | None) -> None:
    with secrets_of(account.id):
        RecoveryCodes.activate(account)
    record_event(tag=Tag.RECOVERY_CODES_MADE, by=Actor(account.id, ip), subject=account.id)


def _without_separators(code: str) -> str:
    """Return a code without the spaces and hyphens that people put between its digits."""
    return "".join(sign for sign in code if sign.isalnum())
