import uuid

from egzaminator.onboarding.errors import ClaimClosedError, EntryEndedError
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry, Examiner


def lock_claim(*, claim_id: uuid.UUID) -> Claim:
    """Lock the examiner's row of a claim; return the claim, open, as it is under that lock.

    Everything that changes claims locks the examiner first. So saves, corrections and activations of one examiner run
    one after the other, and no two of them deadlock. The lock order is examiner, entries, account; an import takes its
    locks in the same order. The lock leaves the examiner's key free (`FOR NO KEY UPDATE`), because an import adds
    entries that reference it. Raise `ClaimClosedError` if the claim is closed, expired or unknown.
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
    """Lock the entry that a first login used. Raise `EntryEndedError` unless it still permits one.

    It must be an active entry of the given examiner, and the examiner must not be recorded as deceased. The caller's
    transaction must have locked the examiner. This waits while an import strikes the entry off.
    """
    entry = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("examiner").get(pk=entry_id)
    is_own = entry.examiner_id == examiner_id
    if not (is_own and entry.is_active and entry.examiner.deceased_on is None):
        raise EntryEndedError
