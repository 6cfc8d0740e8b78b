"""What staff do with a saved form whose owner is on the telephone: send its e-mail again, correct its address, stop it.

Staff do not know the form's password, and whoever calls may be anybody. So nothing here opens anything: activation
still takes the form's password, or the browser that proved it. What a caller could do with the help of staff is keep a
form from its owner. That is why both mailboxes that are not the caller's hear of it: the former one, and the one that
the register knows.
"""

import datetime
import uuid
from typing import Final

from django.db import transaction

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_claim_corrected, queue_claim_withdrawn
from egzaminator.mail.domain.caps import committed_if_capped
from egzaminator.mail.domain.queue import Recipient
from egzaminator.onboarding.domain.activation_email import send_activation
from egzaminator.onboarding.domain.claims import close_claims, lock_claim, set_claim_email
from egzaminator.onboarding.enums import ClaimOutcome, ResendReason
from egzaminator.onboarding.errors import ClaimChangedError, CorrectionsUsedUpError, EmailUnchangedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

# Apart from the owner's own three: whoever has used those up is told to call the board.
CORRECTIONS: Final = Limit("claim.corrections-by-staff", most=3, period=datetime.timedelta(days=1))


def resend_by_staff(*, claim_id: uuid.UUID, by: Actor) -> None:
    """Send a claim's activation e-mail once more, within the limits that hold for its owner.

    `by` is the staff account with its IP address. Raise `ClaimClosedError`, `ResendTooSoonError` or `MailsUsedUpError`.
    """
    with committed_if_capped():
        claim = lock_claim(claim_id=claim_id)
        send_activation(claim=claim, reason=ResendReason.ASKED_FOR)
        record_event(tag=Tag.CLAIM_RESENT_BY_STAFF, by=by, subject=claim.examiner_id, details=_details(claim))


def correct_by_staff(*, claim_id: uuid.UUID, email: str, seen: str, reason: str, by: Actor) -> None:
    """Change a claim's e-mail address, withdraw the links sent to the old one, and send a new activation e-mail.

    The old mailbox and the register's are told. `seen` is the address that staff saw, so that they do not overwrite a
    correction that they have not seen. `reason` is what staff typed. `by` is the staff account with its IP address.

    Raise `ClaimClosedError`, `EmailUnchangedError`, `ClaimChangedError`, or `CorrectionsUsedUpError` after three
    corrections by staff in a day. Raise `MailsUsedUpError` if the address was corrected, but a cap on e-mails stopped
    the activation e-mail.
    """
    with committed_if_capped():
        claim = lock_claim(claim_id=claim_id)
        old = claim.email
        if email.casefold() == old.casefold():
            raise EmailUnchangedError
        if seen.casefold() != old.casefold():
            raise ClaimChangedError
        _count_correction(claim)
        record_event(
            tag=Tag.CLAIM_CORRECTED_BY_STAFF,
            by=by,
            subject=claim.examiner_id,
            details=_details(claim),
            reason=reason,
        )
        for to in _others(claim, old, but=email):
            queue_claim_corrected(claim_id=claim.id, to=to)
        set_claim_email(claim=claim, email=email)


def stop_by_staff(*, claim_id: uuid.UUID, reason: str, by: Actor) -> None:
    """Stop a claim: it cannot become an account any more, and another may be saved at once. Its mailboxes are told.

    `reason` is what staff typed, and `by` the staff account with its IP address. Raise `ClaimClosedError`.
    """
    with transaction.atomic():
        claim = lock_claim(claim_id=claim_id)
        close_claims(claim_ids=[claim.id], outcome=ClaimOutcome.WITHDRAWN)
        record_event(
            tag=Tag.CLAIM_STOPPED_BY_STAFF, by=by, subject=claim.examiner_id, details=_details(claim), reason=reason
        )
        for to in _others(claim, claim.email):
            queue_claim_withdrawn(claim_id=claim.id, to=to)


def _details(claim: Claim) -> dict[str, str]:
    return {"claim": str(claim.id)}


def _count_correction(claim: Claim) -> None:
    try:
        hit(limit=CORRECTIONS, of=str(claim.id))
    except LimitReachedError:
        raise CorrectionsUsedUpError from None


def _others(claim: Claim, mailbox: str, *, but: str = "") -> list[Recipient]:
    """Return a form's mailbox, and the one that the register knows if it differs, as recipients.

    The form's is greeted by the name in the form: it may be a stranger's, who must not learn the register's. `but` is
    a mailbox that hears of it by another e-mail.
    """
    found = [Recipient(email=mailbox, name=claim.display_name, language=claim.language)]
    known = claim.examiner.email
    if known and known.casefold() not in {mailbox.casefold(), but.casefold()}:
        found.append(Recipient(email=known, name=claim.examiner.name, language=claim.language))
    return found
