import uuid

from django.db import transaction

from egzaminator.accounts.errors import MailsUsedUpError
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.onboarding.domain.lock_claim import lock_claim
from egzaminator.onboarding.domain.send_activation import send_activation
from egzaminator.onboarding.enums import Occasion


def resend_activation(
    *, claim_id: uuid.UUID, occasion: Occasion = Occasion.ASKED_FOR, address: str | None = None
) -> None:
    """Send a claim's activation e-mail once more.

    Take the claim, the reason for sending, and the client's IP address. Raise `ClaimClosedError`, `ResendTooSoonError`
    or `MailsUsedUpError`.
    """
    capped = False
    with transaction.atomic():
        claim = lock_claim(claim_id=claim_id)
        try:
            send_activation(claim=claim, occasion=occasion)
        except MailsUsedUpError:
            capped = True  # raised after the commit, which keeps the recorded event
        else:
            record_event(tag=Tag.CLAIM_MAIL_RESENT, subject=claim.examiner_id, address=address)
    if capped:
        raise MailsUsedUpError
