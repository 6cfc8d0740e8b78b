import uuid

from egzaminator.accounts.domain.device_digest import device_digest
from egzaminator.accounts.models import KnownDevice


def recognise_device(*, account_id: uuid.UUID, token: str) -> KnownDevice | None:
    """Find the device of an account that a browser's token belongs to, or None.

    Takes the uuid of an account, real or not, and the token of the cookie, or "" where there is none: then the
    database is not asked.
    """
    if not token:
        return None
    return KnownDevice.objects.filter(
        account_id=account_id, digest=device_digest(account_id=account_id, token=token)
    ).first()
