from django.utils import timezone

from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.models import Account, AddressChange


def close_address_change(*, account: Account, outcome: AddressOutcome) -> AddressChange | None:
    """Close the account's e-mail change that is still open, if there is one, and withdraw its links.

    The caller's transaction has locked the account. Return the change if it was pending. A change that nobody confirmed
    in time is closed as well, but not returned: the result is then None, as without a change.
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
