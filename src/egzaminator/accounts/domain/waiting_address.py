from egzaminator.accounts.models import Account, AddressChange


def waiting_address(*, account: Account) -> AddressChange | None:
    """Give the change of an account's address that waits for the new mailbox, or None."""
    change = AddressChange.objects.filter(account=account, closed_at__isnull=True).first()
    return change if change is not None and change.is_waiting else None
