"""The removal of an account's authenticator app, or of one of its passkeys."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from egzaminator.accounts.domain.factors import APP, PASSKEY, RECOVERY
from egzaminator.accounts.domain.lock_account import lock_own
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import NoFactorError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def remove_app(*, account: Account, address: str | None = None) -> None:
    """Remove an account's authenticator app. Raise `NoFactorError` if it has none."""
    _remove(account, {"type": APP}, SecurityNews.APP_REMOVED, address)


def remove_passkey(*, account: Account, passkey_id: int, address: str | None = None) -> None:
    """Remove one of an account's passkeys.

    Raise `NoFactorError` if there is no such passkey, or if it is another account's.
    """
    _remove(account, {"type": PASSKEY, "pk": passkey_id}, SecurityNews.PASSKEY_REMOVED, address)


def _remove(account: Account, which: dict[str, str | int], news: SecurityNews, address: str | None) -> None:
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        count, _ = rows.filter(**which).delete()
        if not count:
            raise NoFactorError
        if not rows.exclude(type=RECOVERY).exists():
            # With no factor to recover from, each recovery code would be a weaker password.
            rows.delete()
        record_event(
            tag=Tag.SECOND_FACTOR_REMOVED,
            actor=account.id,
            subject=account.id,
            address=address,
            details={"kind": str(which["type"])},
        )
        tell_owner(account=account, news=news)
