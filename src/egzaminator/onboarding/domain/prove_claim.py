import uuid

from egzaminator.accounts.domain.prove_password import prove_password
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.onboarding.models import Claim


def prove_claim(*, claim_id: uuid.UUID, password: str, limit: Limit, refused: Tag, address: str | None) -> None:
    """Check the password of a saved form, and record the result, right or wrong, as an event.

    Take the rate limit on attempts, the tag for the event of a wrong password, and the client's IP address. Raise
    `WrongPasswordError` (also for an unknown claim), `LimitReachedError` or `HashingBusyError`.
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
