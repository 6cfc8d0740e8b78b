from django.db import transaction

from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.onboarding.domain.close_claims import close_claims
from egzaminator.onboarding.domain.lock_claim import lock_claim
from egzaminator.onboarding.enums import Closing
from egzaminator.post.domain.tell_board import tell_board
from egzaminator.post.enums import Kind


def stop_claim(*, token: str, address: str | None = None) -> None:
    """Stop a claim by the link sent to the mailbox that the register knows, and notify the board.

    Staff then look at the claim. Take the link's token and the client's IP address. Raise a subclass of `LinkError`, or
    `ClaimClosedError`.
    """
    link = find_link(purpose=LinkPurpose.STOP_CLAIM, token=token)
    with transaction.atomic():
        claim = lock_claim(claim_id=link.subject)
        use_link(link=link)
        close_claims(claim_ids=[claim.id], closing=Closing.STOPPED)
        tell_board(kind=Kind.CLAIM_STOPPED, about=claim.id, name=claim.examiner.name)
        record_event(
            tag=Tag.CLAIM_STOPPED, subject=claim.examiner_id, address=address, details={"claim": str(claim.id)}
        )
