import uuid

from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner


def lock_claim(*, claim_id: uuid.UUID) -> Claim:
    """Lock a claim's examiner and give the claim as it is then, open.

    Everything that changes claims locks the examiner first, so that savings, corrections and activations of one
    examiner happen one after the other, and none deadlocks with another. Raises ClaimClosedError.
    """
    claim = Claim.objects.filter(pk=claim_id).only("examiner_id").first()
    if claim is None:
        raise ClaimClosedError
    Examiner.objects.select_for_update().only("id").get(pk=claim.examiner_id)
    claim = Claim.objects.select_related("examiner").get(pk=claim_id)
    if not claim.is_open:
        raise ClaimClosedError
    return claim
