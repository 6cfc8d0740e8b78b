"""The deletion of sessions, links, known devices and e-mail changes that are over."""

import datetime
from typing import Final

from django.utils import timezone

from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.models import AddressChange, KnownDevice, Link, Session

# For this long, a link that no longer works can still say why.
_KEEP_LINKS: Final = datetime.timedelta(days=30)
# As long as a browser keeps its device cookie.
_KEEP_DEVICES: Final = datetime.timedelta(days=365)


def delete_ended_sessions() -> int:
    """Delete expired sessions, with their clients' IP addresses; return how many."""
    count, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return count


def delete_ended_links() -> int:
    """Delete mailed links that expired a month ago, used or not; return how many."""
    count, _ = Link.objects.filter(expires_at__lte=timezone.now() - _KEEP_LINKS).delete()
    return count


def delete_unseen_devices() -> int:
    """Delete known devices in which nobody has logged in for a year; return how many."""
    count, _ = KnownDevice.objects.filter(last_seen_at__lte=timezone.now() - _KEEP_DEVICES).delete()
    return count


def delete_ended_address_changes() -> int:
    """Delete e-mail changes that expired a month ago without having been made; return how many.

    Changes that were made stay: they are part of what the board was notified of.
    """
    ended = AddressChange.objects.filter(expires_at__lte=timezone.now() - _KEEP_LINKS)
    count, _ = ended.exclude(outcome__in=AddressOutcome.made()).delete()
    return count
