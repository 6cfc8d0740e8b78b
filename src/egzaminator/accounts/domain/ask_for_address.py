import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.confirm_password import confirm_password
from egzaminator.accounts.domain.issue_link import LIFETIMES
from egzaminator.accounts.domain.lock_account import lock_proven
from egzaminator.accounts.domain.send_new_address import send_new_address
from egzaminator.accounts.domain.tell_of_address import tell_of_address
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.errors import ChangesUsedUpError, MailsUsedUpError
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.post.enums import Kind

ADDRESS_CHANGES: Final = Limit("address.changes", most=3, period=datetime.timedelta(days=1))


def ask_for_address(*, account: Account, email: str, password: str, address: str | None = None) -> AddressChange:
    """Request another e-mail address for an account; it changes when the new mailbox confirms it.

    The present mailbox is notified immediately. A pending change is replaced, and its link is withdrawn. The owner is
    not told whether others use the new address, and the register is not asked. `password` is the account's, as typed.
    The event carries the client's IP address.

    Raise `LimitReachedError` after too many wrong passwords, `WrongPasswordError`, `ChangesUsedUpError` if today's
    requests are used up, or `MailsUsedUpError` if a cap on e-mails is; in that last case the change is pending all the
    same.
    """
    confirm_password(account=account, password=password, address=address)
    capped = False
    with transaction.atomic():
        account = lock_proven(account=account)
        _count(account)
        close_address_change(account=account, outcome=AddressOutcome.SUPERSEDED)
        now = timezone.now()
        change = AddressChange.objects.create(
            account=account,
            old=account.email,
            new=email,
            asked_at=now,
            expires_at=now + LIFETIMES[LinkPurpose.NEW_ADDRESS],
        )
        record_event(tag=Tag.ADDRESS_ASKED, actor=account.id, subject=account.id, address=address)
        tell_of_address(account=account, change=change, kind=Kind.ADDRESS_ASKED, at=now)
        try:
            send_new_address(account=account, change=change)
        except MailsUsedUpError:
            capped = True  # raised after the commit, so that the event about it is kept
    if capped:
        raise MailsUsedUpError
    return change


def _count(account: Account) -> None:
    try:
        count_use(limit=ADDRESS_CHANGES, of=str(account.id))
    except LimitReachedError:
        raise ChangesUsedUpError from None
