"""Which mailboxes are, were, or can be trusted to be those of an account's owner."""

import datetime
import uuid
from typing import Final

from django.utils import timezone

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import Account, AddressChange

# How long a mailbox must have been there. Whoever steals an account changes its address, freezes it and calls.
KNOWN_AFTER: Final = datetime.timedelta(days=30)


def known_addresses(*, account: Account) -> list[str]:
    """Return the mailboxes that are or once were the account's, and the register's own, the present one first.

    What staff may choose from; which of them one person alone may choose, `known_mailboxes` says.
    """
    made = AddressChange.objects.filter(account=account, outcome__in=AddressOutcome.made()).order_by("-closed_at")
    former = [address for pair in made.values_list("new", "old") for address in pair]
    in_register = account.examiner.email if account.examiner else ""
    return _unique([account.email, *former, in_register])


def known_mailboxes(*, account: Account, asked_by: uuid.UUID | None) -> list[str]:
    """Return the mailboxes that are surely the owner's, of an account that staff are asked to give back.

    These are: the mailbox that was the account's 30 days before it was frozen (or, if it is not frozen, before now),
    whatever came after; and the register's, if it was there by then, or if another than who asks put it there. One that
    came by a change within those days never is, nor is that of an account younger than that.

    Take the account and the staff account that asks (None: an administrator, by command, who also imports registers).
    """
    before = (account.barred_at or timezone.now()) - KNOWN_AFTER
    return _unique([_address_at(account, before), _register_address(account, before, asked_by)])


def is_among(email: str, mailboxes: list[str]) -> bool:
    """Return whether an address is one of these, whatever its capitals."""
    return email.casefold() in {mailbox.casefold() for mailbox in mailboxes}


def mailboxes_to_tell(*, account: Account) -> list[str]:
    """Return where the owner is told of what staff do: the known mailboxes, or for want of one all that it ever had.

    The present one alone may be the thief's.
    """
    return known_mailboxes(account=account, asked_by=account.id) or known_addresses(account=account)


def _address_at(account: Account, moment: datetime.datetime) -> str:
    if account.created_at > moment:
        return ""
    changes = AddressChange.objects.filter(
        account=account, outcome__in=AddressOutcome.made(), closed_at__gt=moment
    ).order_by("closed_at")
    first = changes.first()
    return first.old if first else account.email


def _register_address(account: Account, moment: datetime.datetime, asked_by: uuid.UUID | None) -> str:
    examiner = account.examiner
    if examiner is None:
        return ""
    # Registers are imported by command alone: whoever asks in the panel is somebody else.
    is_anothers = asked_by is not None
    is_old = examiner.email_since is None or examiner.email_since <= moment
    return examiner.email if is_anothers or is_old else ""


def _unique(addresses: list[str]) -> list[str]:
    unique: dict[str, str] = {}
    for address in addresses:
        unique.setdefault(address.casefold(), address)
    return [address for address in unique.values() if address]
