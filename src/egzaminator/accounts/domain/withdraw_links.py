import uuid
from collections.abc import Iterable

from django.utils import timezone

from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link


def withdraw_links(
    *, subjects: Iterable[uuid.UUID], purposes: Iterable[LinkPurpose], mailbox: str | None = None
) -> None:
    """Withdraw the unused links of claims, accounts or e-mail changes, in the caller's transaction.

    `subjects` are the uuids of these, and `purposes` what the links do. `mailbox` limits it to links sent to that
    mailbox; None means all.
    """
    links = Link.objects.filter(
        subject__in=list(subjects), purpose__in=list(purposes), used_at__isnull=True, withdrawn_at__isnull=True
    )
    if mailbox is not None:
        links = links.filter(address__iexact=mailbox)
    links.update(withdrawn_at=timezone.now())
