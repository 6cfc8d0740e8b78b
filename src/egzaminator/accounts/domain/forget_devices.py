from egzaminator.accounts.domain.device_digest import device_digest
from egzaminator.accounts.models import Account, KnownDevice


def forget_devices(*, account: Account, but: str = "") -> int:
    """Forget the devices of an account; give how many there were.

    Takes the account and the token of the one browser to go on knowing, if any.
    """
    devices = KnownDevice.objects.filter(account=account)
    if but:
        devices = devices.exclude(digest=device_digest(account_id=account.id, token=but))
    count, _ = devices.delete()
    return count
