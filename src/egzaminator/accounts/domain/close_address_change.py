from django.utils import timezone

from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.models import Account, AddressChange


def close_address_change(*, account: Account, outcome: AddressOutcome) -> AddressChange | None:
    """Close the change of address that waits, if one does, and kill its links.

    Takes an account that the caller's transaction has locked, and what becomes of the change. Gives the change; None
    when none waited, though one that nobody confirmed in time is closed as well.
    """
    change = AddressChange.objects.filter(account=account, closed_at__isnull=True).first()
    if change is None:
        return None
    was_waiting = change.is_waiting
    change.closed_at = timezone.now()
    change.outcome = outcome
    change.save(update_fields=["closed_at", "outcome"])
    withdraw_links(subjects=[change.id], purposes=[LinkPurpose.NEW_ADDRESS])
    return change if was_waiting else None
