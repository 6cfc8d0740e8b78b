from django.db import transaction
from django.utils import timezone

from egzaminator.onboarding.domain.close_claims import close_claims
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.models import Claim


def expire_claims() -> int:
    """Close the claims that nobody activated in time; return how many."""
    with transaction.atomic():
        overdue = Claim.objects.select_for_update(skip_locked=True).filter(
            closed_at__isnull=True, expires_at__lte=timezone.now()
        )
        claim_ids = list(overdue.values_list("id", flat=True))
        close_claims(claim_ids=claim_ids, closing=Closing.EXPIRED)
    return len(claim_ids)
