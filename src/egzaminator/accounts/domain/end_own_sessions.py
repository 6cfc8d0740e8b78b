from django.db import transaction

from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def end_own_sessions(*, account: Account, keep: str, only: str | None = None, address: str | None = None) -> int:
    """End sessions of an account as its owner wishes, all the others or only one; return how many.

    `keep` is the digest of the owner's current session, which continues, and `only` is that of the one to end. A
    session that has ended by itself, or is another account's, does not count. The event carries the client's IP
    address.
    """
    with transaction.atomic():
        count = end_sessions(account=account, keep=keep, only=only)
        if count:
            record_event(
                tag=Tag.SESSIONS_ENDED, actor=account.id, subject=account.id, address=address, details={"count": count}
            )
    return count
