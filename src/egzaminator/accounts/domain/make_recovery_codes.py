"""The making of recovery codes: on request, and with an account's first second factor."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from egzaminator.accounts.domain.factors import RECOVERY
from egzaminator.accounts.domain.lock_account import lock_own
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import NoFactorError
from egzaminator.accounts.factor_secrets import secrets_of
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def make_recovery_codes(*, account: Account, address: str | None = None) -> None:
    """Make ten recovery codes, each valid for one log-in without the second factor; earlier codes are deleted.

    `factors_of` returns them for ten minutes. Raise `NoFactorError` if the account has no factor to recover from.
    """
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        if not rows.exclude(type=RECOVERY).exists():
            raise NoFactorError
        rows.filter(type=RECOVERY).delete()
        _make(account, address)
        tell_owner(account=account, news=SecurityNews.CODES_MADE)


def make_first_recovery_codes(*, account: Account, address: str | None = None) -> bool:
    """Make recovery codes unless the account has some, in the caller's transaction; return whether they were made.

    The caller notifies the owner, of the factor that it added.
    """
    if Authenticator.objects.filter(user=account, type=RECOVERY).exists():
        return False
    _make(account, address)
    return True


def _make(account: Account, address: str | None) -> None:
    with secrets_of(account.id):
        RecoveryCodes.activate(account)
    record_event(tag=Tag.RECOVERY_CODES_MADE, actor=account.id, subject=account.id, address=address)
