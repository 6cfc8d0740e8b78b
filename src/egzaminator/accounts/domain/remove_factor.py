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
    """Take the authenticator app away from an account. Raises NoFactorError."""
    _remove(account, {"type": APP}, SecurityNews.APP_REMOVED, address)


def remove_passkey(*, account: Account, passkey_id: int, address: str | None = None) -> None:
    """Take one of its passkeys away from an account. Raises NoFactorError, also for another account's passkey."""
    _remove(account, {"type": PASSKEY, "pk": passkey_id}, SecurityNews.PASSKEY_REMOVED, address)


def _remove(account: Account, which: dict[str, str | int], news: SecurityNews, address: str | None) -> None:
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        count, _ = rows.filter(**which).delete()
        if not count:
            raise NoFactorError
        if not rows.exclude(type=RECOVERY).exists():
            # Codes with nothing to recover from would be a weaker password each.
            rows.delete()
        record_event(
            tag=Tag.SECOND_FACTOR_REMOVED,
            actor=account.id,
            subject=account.id,
            address=address,
            details={"kind": str(which["type"])},
        )
        tell_owner(account=account, news=news)
