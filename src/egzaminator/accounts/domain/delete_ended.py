import datetime
from typing import Final

from django.utils import timezone

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import AddressChange, KnownDevice, Link, Session

# A dead link can still say for so long why it is dead.
_KEEP_LINKS: Final = datetime.timedelta(days=30)
# As long as a browser keeps the cookie that a device is known by.
_KEEP_DEVICES: Final = datetime.timedelta(days=365)


def delete_ended_sessions() -> int:
    """Delete the sessions that have expired, with the addresses of their clients; give how many."""
    count, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return count


def delete_ended_links() -> int:
    """Delete the mailed links that expired a month ago, used or not; give how many."""
    count, _ = Link.objects.filter(expires_at__lte=timezone.now() - _KEEP_LINKS).delete()
    return count


def delete_unseen_devices() -> int:
    """Delete the known devices that nobody has logged in with for a year; give how many."""
    count, _ = KnownDevice.objects.filter(last_seen_at__lte=timezone.now() - _KEEP_DEVICES).delete()
    return count


def delete_ended_address_changes() -> int:
    """Delete the changes of address that came to nothing a month ago; give how many.

    Those that were made stay: they are part of what the board was told.
    """
    ended = AddressChange.objects.filter(expires_at__lte=timezone.now() - _KEEP_LINKS)
    count, _ = ended.exclude(outcome__in=AddressOutcome.made()).delete()
    return count
