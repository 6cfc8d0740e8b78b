import uuid

from egzaminator.onboarding.errors import ClaimClosedError, EntryEndedError
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry, Examiner


def lock_claim(*, claim_id: uuid.UUID) -> Claim:
    """Lock a claim's examiner and give the claim as it is then, open.

    Everything that changes claims locks the examiner first, so that savings, corrections and activations of one
    examiner happen one after the other, and none deadlocks with another. Then come the entries, then the account: an
    import takes its locks in this order as well, and adds entries under the examiner's key, which is left to it. Raise
    ClaimClosedError.
    """
    claim = Claim.objects.filter(pk=claim_id).only("examiner_id").first()
    if claim is None:
        raise ClaimClosedError
    Examiner.objects.select_for_update(no_key=True).only("id").get(pk=claim.examiner_id)
    claim = Claim.objects.select_related("examiner").get(pk=claim_id)
    if not claim.is_open:
        raise ClaimClosedError
    return claim


def require_entry(*, examiner_id: uuid.UUID, entry_id: int) -> None:
    """Lock the entry that a first login was by, and raise EntryEndedError unless a first login by it is allowed now.

    Take an examiner whom the caller's transaction has locked. While an import strikes the entry off, this waits.
    """
    entry = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("examiner").get(pk=entry_id)
    is_own = entry.examiner_id == examiner_id
    if not (is_own and entry.is_active and entry.examiner.deceased_on is None):
        raise EntryEndedError
