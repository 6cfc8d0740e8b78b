from django.utils import timezone

from egzaminator.accounts.errors import LinkUsedError
from egzaminator.accounts.models import Link


def use_link(*, link: Link) -> None:
    """Mark a link as used, in the caller's transaction.

    One conditional UPDATE makes sure that of two clicks one wins. Raise `LinkUsedError` if another click was first, or
    if the link expired or was withdrawn since it was found.
    """
    now = timezone.now()
    usable = Link.objects.filter(
        digest=link.digest, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )
    if not usable.update(used_at=now):
        raise LinkUsedError(subject=link.subject, mailbox=link.address)
