import uuid
from collections.abc import Collection

from django.utils import timezone

from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.models import Claim


def close_claims(*, claim_ids: Collection[uuid.UUID], closing: Closing) -> None:
    """Close the given claims that are still open, and withdraw the links of all of them.

    Withdrawn are the links that activate and the links that stop a claim. Runs in the caller's transaction.
    """
    if not claim_ids:
        return
    Claim.objects.filter(id__in=claim_ids, closed_at__isnull=True).update(closed_at=timezone.now(), closing=closing)
    withdraw_links(subjects=claim_ids, purposes=[LinkPurpose.ACTIVATE, LinkPurpose.STOP_CLAIM])
