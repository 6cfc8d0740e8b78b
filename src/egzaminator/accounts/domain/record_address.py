"""The writing of an account's new e-mail address, and of its history."""

from django.utils import timezone

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import Account, AddressChange, ProfileChange


def record_address(*, account: Account, email: str) -> None:
    """Set the e-mail address of a locked account, and notify the board, as an examiner must.

    Raise `IntegrityError` if another of the board's staff has the address.
    """
    old, account.email = account.email, email
    account.save(update_fields=["email"])
    if account.is_examiner:
        ProfileChange.objects.create(account=account, field="email", old=old, new=email)


def record_made_change(*, account: Account, old: str, outcome: AddressOutcome) -> None:
    """Record an e-mail change that was made without a request in "My account".

    The history of addresses has no gaps, because it decides which mailbox can be trusted. `account` has its new address
    already.
    """
    now = timezone.now()
    AddressChange.objects.create(
        account=account, old=old, new=account.email, expires_at=now, closed_at=now, outcome=outcome
    )
