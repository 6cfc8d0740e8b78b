from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.accounts.domain.issue_link import LIFETIMES
from egzaminator.accounts.domain.record_address import record_address, record_made_change
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def restore_address(*, account: Account, mailbox: str, address: str | None = None) -> bool:
    """Undo an account's e-mail change when the former mailbox says that the owner did not make it.

    The caller's transaction has locked the account. `mailbox` is the one that the freeze link was sent to. The event
    carries the client's IP address. Return whether the address was taken back. It is if the mailbox was the account's
    until a change that is no older than a freeze link can be, and that nobody has undone since. So a thief who took an
    account over in two steps cannot take it over again from the mailbox between them.
    """
    if mailbox.casefold() == account.email.casefold():
        return False
    since = timezone.now() - LIFETIMES[LinkPurpose.FREEZE]
    was_its_own = any(
        change.old.casefold() == mailbox.casefold() and change.closed_at and change.closed_at > since
        for change in _standing(account)
    )
    return was_its_own and _take_back(account, mailbox, address)


def _standing(account: Account) -> list[AddressChange]:
    """Return the changes that were confirmed and not undone.

    Taking an address back undoes all changes that came after it.
    """
    standing: list[AddressChange] = []
    made = AddressChange.objects.filter(account=account, outcome__in=AddressOutcome.made())
    for change in made.order_by("closed_at"):
        if change.outcome == AddressOutcome.CONFIRMED:
            standing.append(change)
            continue
        places = [place for place, one in enumerate(standing) if one.old.casefold() == change.new.casefold()]
        standing = standing[: places[-1]] if places else standing
    return standing


def _take_back(account: Account, mailbox: str, address: str | None) -> bool:
    lost = account.email
    try:
        with transaction.atomic():
            record_address(account=account, email=mailbox)
    except IntegrityError:  # another of the staff took the address meanwhile: staff will sort it out
        account.email = lost
        return False
    record_made_change(account=account, old=lost, outcome=AddressOutcome.RESTORED)
    record_event(tag=Tag.ADDRESS_RESTORED, subject=account.id, address=address)
    return True
