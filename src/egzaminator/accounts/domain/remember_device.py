import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.device_digest import device_digest
from egzaminator.accounts.domain.lock_account import is_as_found
from egzaminator.accounts.domain.name_device import name_device
from egzaminator.accounts.models import Account, KnownDevice
from egzaminator.kernel.tokens import new_token


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """How a browser is recognised from now on."""

    token: str
    """For the browser's cookie; kept nowhere else."""
    label: str
    is_new: bool
    """Whether the account has never been logged in to with this browser before."""


def remember_device(*, account: Account, token: str, user_agent: str) -> RememberedDevice:
    """Remember the browser of a completed log-in.

    `account` is as the log-in found it. `token` is the one that the browser has, of this account or of another, or "".
    Return the same token, or a new one if there was none. If a new password or a freeze has overtaken the log-in, and
    made the account forget its devices, nothing is stored.
    """
    now, label = timezone.now(), name_device(user_agent=user_agent)
    if token:
        digest = device_digest(account_id=account.id, token=token)
        if KnownDevice.objects.filter(account=account, digest=digest).update(label=label, last_seen_at=now):
            return RememberedDevice(token, label, is_new=False)
    token = token or new_token()
    digest = device_digest(account_id=account.id, token=token)
    with transaction.atomic():
        if is_as_found(account=account):
            _add(account, digest, label, now)
    return RememberedDevice(token, label, is_new=True)


def _add(account: Account, digest: bytes, label: str, now: datetime.datetime) -> None:
    device = KnownDevice(account=account, digest=digest, label=label, first_seen_at=now, last_seen_at=now)
    # Two simultaneous log-ins, in two tabs of one browser, may both get here.
    KnownDevice.objects.bulk_create([device], ignore_conflicts=True)
