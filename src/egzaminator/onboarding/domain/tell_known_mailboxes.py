from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from egzaminator.onboarding.domain.lock_claim import lock_claim
from egzaminator.onboarding.domain.tell_known_mailbox import tell_known_mailbox
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim


def tell_known_mailboxes() -> int:
    """Notify the mailboxes that the register knows of new claims and corrected addresses.

    Return how many claims are done: their notice is queued, or none is needed. A notice that the daily limit holds back
    stays pending.
    """
    news = Claim.objects.filter(is_news=True, closed_at__isnull=True, expires_at__gt=timezone.now())
    count = 0
    for claim_id in news.order_by("created_at").values_list("id", flat=True):
        with suppress(ClaimClosedError), transaction.atomic():
            claim = lock_claim(claim_id=claim_id)
            # Another worker may have handled it before this one got the lock.
            if claim.is_news and tell_known_mailbox(claim=claim):
                Claim.objects.filter(pk=claim.pk).update(is_news=False)
                count += 1
    return count
