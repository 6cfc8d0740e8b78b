from django.utils import timezone

from egzaminator.accounts.errors import LinkUsedError
from egzaminator.accounts.models import Link


def use_link(*, link: Link) -> None:
    """Use a link up, in the caller's transaction: one conditional UPDATE, so that of two clicks one wins.

    Raises LinkUsedError when another click was first, or the link died since it was found.
    """
    now = timezone.now()
    usable = Link.objects.filter(
        digest=link.digest, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )
    if not usable.update(used_at=now):
        raise LinkUsedError(subject=link.subject, mailbox=link.address)
