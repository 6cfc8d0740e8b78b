import uuid
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import MailsUsedUpError
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.jobs import start_job
from egzaminator.onboarding.domain.limits import PASSWORD_BY_STATUS
from egzaminator.onboarding.domain.lock_claim import lock_claim
from egzaminator.onboarding.domain.prove_claim import prove_claim
from egzaminator.onboarding.domain.send_activation import send_activation
from egzaminator.onboarding.errors import CorrectionsUsedUpError

MOST_CORRECTIONS: Final = 3


def correct_address(*, claim_id: uuid.UUID, email: str, password: str, address: str | None = None) -> None:
    """Change a claim's e-mail address, withdraw the links sent to the old one, and send a new activation e-mail.

    Take the claim, the new e-mail address, the password chosen in the form, and the client's IP address. Raise
    `WrongPasswordError`, `LimitReachedError` (too many wrong passwords), `HashingBusyError`, `ClaimClosedError` or
    `CorrectionsUsedUpError`. Raise `MailsUsedUpError` if the address was corrected, but a cap on e-mails stopped the
    activation e-mail.
    """
    # Outside the transaction: a password hash is too slow to hold row locks meanwhile.
    prove_claim(
        claim_id=claim_id, password=password, limit=PASSWORD_BY_STATUS, refused=Tag.CLAIM_REFUSED, address=address
    )
    capped = False
    with transaction.atomic():
        claim = lock_claim(claim_id=claim_id)
        if claim.corrections >= MOST_CORRECTIONS:
            raise CorrectionsUsedUpError
        claim.address = email
        claim.corrections += 1
        claim.is_news = True
        claim.save(update_fields=["address", "corrections", "is_news"])
        withdraw_links(subjects=[claim.id], purposes=[LinkPurpose.ACTIVATE])
        record_event(tag=Tag.CLAIM_ADDRESS_CORRECTED, subject=claim.examiner_id, address=address)
        start_job(task="onboarding.tell_known_mailboxes")
        try:
            send_activation(claim=claim)
        except MailsUsedUpError:
            capped = True
    if capped:
        raise MailsUsedUpError
