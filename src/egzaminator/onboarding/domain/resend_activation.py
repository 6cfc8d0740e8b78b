import uuid

from django.db import transaction

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.onboarding.domain.lock_claim import lock_claim
from egzaminator.onboarding.domain.send_activation import send_activation
from egzaminator.onboarding.errors import MailsUsedUpError


def resend_activation(*, claim_id: uuid.UUID, address: str | None = None) -> None:
    """Send a claim's activation e-mail once more, because its owner asked.

    Raises ClaimClosedError, ResendTooSoonError or MailsUsedUpError.
    """
    capped = False
    with transaction.atomic():
        claim = lock_claim(claim_id=claim_id)
        try:
            send_activation(claim=claim, is_asked_for=True)
        except MailsUsedUpError:
            capped = True  # raised after the transaction, which keeps the record of it
        else:
            record_event(tag=Tag.CLAIM_MAIL_RESENT, subject=claim.examiner_id, address=address)
    if capped:
        raise MailsUsedUpError
