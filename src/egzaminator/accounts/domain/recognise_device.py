import uuid

from egzaminator.accounts.domain.device_digest import device_digest
from egzaminator.accounts.models import KnownDevice


def recognise_device(*, account_id: uuid.UUID, token: str) -> KnownDevice | None:
    """Return the account's known device that a browser's token belongs to, or None.

    `account_id` may be the uuid of no account. `token` is the cookie's, or "" if there is none; then no query is made.
    """
    if not token:
        return None
    return KnownDevice.objects.filter(
        account_id=account_id, digest=device_digest(account_id=account_id, token=token)
    ).first()
