import uuid

from allauth.mfa.models import Authenticator
from django.db import transaction

from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.lock_account import lock_account
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import NoFactorError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def reset_second_factor(
    *, account: Account, reason: str, actor: uuid.UUID | None = None, address: str | None = None
) -> None:
    """Take second factor, passkeys and recovery codes from an account whose owner has lost them all; end its sessions.

    For staff who have made sure whom they speak to: the password alone opens the account afterwards, and the mailbox is
    told, with a link that freezes it. Takes why and how that was made sure of, without personal data; who of the staff
    does it (None: an administrator, by command); and their IP address. Raises NoFactorError.
    """
    with transaction.atomic():
        lock_account(account=account)
        count, _ = Authenticator.objects.filter(user=account).delete()
        if not count:
            raise NoFactorError
        end_sessions(account=account)
        record_event(
            tag=Tag.SECOND_FACTOR_RESET, actor=actor, subject=account.id, address=address, details={"reason": reason}
        )
        tell_owner(account=account, news=SecurityNews.RESET)
