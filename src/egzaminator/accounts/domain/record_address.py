from django.utils import timezone

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import Account, AddressChange, ProfileChange


def record_address(*, account: Account, email: str) -> None:
    """Give a locked account another e-mail address, and tell the board of the change, which an examiner owes it.

    Raises IntegrityError when another of the board's staff has the address.
    """
    old, account.email = account.email, email
    account.save(update_fields=["email"])
    if account.is_examiner:
        ProfileChange.objects.create(account=account, field="email", old=old, new=email)


def record_made_change(*, account: Account, old: str, outcome: AddressOutcome) -> None:
    """Write down a change of address that was made without being asked for in "My account".

    The history of addresses has no gaps: which mailbox can be trusted is read from it. Take the account as it is now.
    """
    now = timezone.now()
    AddressChange.objects.create(
        account=account, old=old, new=account.email, expires_at=now, closed_at=now, outcome=outcome
    )
