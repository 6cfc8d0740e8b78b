import uuid
from collections.abc import Iterable

from django.utils import timezone

from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link


def withdraw_links(*, subjects: Iterable[uuid.UUID], purposes: Iterable[LinkPurpose]) -> None:
    """Kill the unused links of claims or accounts, in the caller's transaction."""
    Link.objects.filter(
        subject__in=list(subjects), purpose__in=list(purposes), used_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=timezone.now())
