import uuid

from egzaminator.accounts.domain.prove_password import prove_password
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.onboarding.models import Claim


def prove_claim(*, claim_id: uuid.UUID, password: str, limit: Limit, refused: Tag, address: str | None) -> None:
    """Check that somebody knows the password of a form that waits; right or wrong, it is recorded.

    Takes how often it may be tried, the tag of a wrong one's event, and the client's IP address. Raises
    WrongPasswordError, LimitReachedError and HashingBusyError.
    """
    count_use(limit=limit, of=str(claim_id))
    claim = Claim.objects.filter(pk=claim_id).only("password", "examiner_id").first()
    prove_password(
        password=password,
        hashes=[claim.password] if claim else [],
        subject=claim.examiner_id if claim else None,
        accepted=Tag.CLAIM_PROVEN,
        refused=refused,
        address=address,
    )
