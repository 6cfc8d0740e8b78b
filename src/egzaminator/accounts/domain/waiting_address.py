from egzaminator.accounts.models import Account, AddressChange


def waiting_address(*, account: Account) -> AddressChange | None:
    """Return the account's e-mail change that is pending until the new mailbox confirms it, or None."""
    change = AddressChange.objects.filter(account=account, closed_at__isnull=True).first()
    return change if change is not None and change.is_waiting else None
