import uuid

from django.db import transaction

from egzaminator.accounts.domain.account_state import take_factors
from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.lock_account import lock_account
from egzaminator.accounts.domain.mailboxes import mailboxes_to_tell
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.errors import NoFactorError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def reset_second_factor(
    *, account: Account, reason: str, actor: uuid.UUID | None = None, address: str | None = None
) -> None:
    """Remove the factors, passkeys and recovery codes of an owner who lost them all, and end all sessions.

    One person alone must never do this: it is called for an act that a second person confirmed, or that waited
    (staff/domain/acts.py). Afterwards the password alone opens the account. The known mailboxes are notified, with a
    link that freezes the account. `reason` holds no personal data. `actor` is the staff account that asked (None: an
    administrator, by command). The event carries its IP address. Raise `NoFactorError` if there is nothing to remove.
    """
    with transaction.atomic():
        lock_account(account=account)
        if not take_factors(account=account):
            raise NoFactorError
        end_sessions(account=account)
        record_event(
            tag=Tag.SECOND_FACTOR_RESET, actor=actor, subject=account.id, address=address, details={"reason": reason}
        )
        for mailbox in mailboxes_to_tell(account=account):
            tell_owner(account=account, news=SecurityNews.RESET, mailbox=mailbox)
