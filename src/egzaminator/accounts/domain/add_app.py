from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from django.db import transaction

from egzaminator.accounts.domain.begin_second_factor import begin_second_factor
from egzaminator.accounts.domain.check_code import is_new_app_code
from egzaminator.accounts.domain.factors import APP
from egzaminator.accounts.domain.lock_account import lock_own
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import FactorExistsError, WrongCodeError
from egzaminator.accounts.factor_secrets import secrets_of
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def add_app(*, account: Account, secret: str, code: str, keep: str | None = None, address: str | None = None) -> bool:
    """Add an authenticator app, whose codes become the second step of the account's log-ins.

    `secret` is what the app was given (Base32), `code` is one that the app made from it, and `keep` is the digest of
    the current session. The event carries the client's IP address. Return whether this is the account's first second
    factor; if so, recovery codes are made, and every other session ends. Raise `WrongCodeError` if the code is wrong or
    was used before, `FactorExistsError` if the account already has an app.
    """
    if not validate_totp_code(secret, code) or not is_new_app_code(account=account, code=code):
        raise WrongCodeError
    with transaction.atomic():
        lock_own(account=account)
        if Authenticator.objects.filter(user=account, type=APP).exists():
            raise FactorExistsError
        with secrets_of(account.id):
            TOTP.activate(account, secret)
        record_event(
            tag=Tag.SECOND_FACTOR_ADDED, actor=account.id, subject=account.id, address=address, details={"kind": APP}
        )
        tell_owner(account=account, news=SecurityNews.APP_ADDED)
        return begin_second_factor(account=account, keep=keep, address=address)
