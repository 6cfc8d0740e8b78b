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
    """Ask for another e-mail address of an account: it changes when the new mailbox confirms.

    The present mailbox hears at once. A change that waits already is replaced, and its link dies. Whether others use
    the new address, this account's owner is not told, and the register is not asked. Takes the account, the new
    address, the account's password as typed, and the client's IP address. Raises LimitReachedError (too many wrong
    passwords), WrongPasswordError, ChangesUsedUpError or, with the change waiting all the same, MailsUsedUpError.
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
            capped = True  # raised after the transaction, which keeps the record of it
    if capped:
        raise MailsUsedUpError
    return change


def _count(account: Account) -> None:
    try:
        count_use(limit=ADDRESS_CHANGES, of=str(account.id))
    except LimitReachedError:
        raise ChangesUsedUpError from None
