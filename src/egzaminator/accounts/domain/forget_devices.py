from egzaminator.accounts.domain.device_digest import device_digest
from egzaminator.accounts.models import Account, KnownDevice


def forget_devices(*, account: Account, but: str = "") -> int:
    """Forget the known devices of an account; return how many there were.

    `but` is the token of the one browser that stays known, if any.
    """
    devices = KnownDevice.objects.filter(account=account)
    if but:
        devices = devices.exclude(digest=device_digest(account_id=account.id, token=but))
    count, _ = devices.delete()
    return count
