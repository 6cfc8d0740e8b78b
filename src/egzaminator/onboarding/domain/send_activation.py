from django.utils import timezone

from egzaminator.accounts.domain.count_mail import count_mail, mail_capped
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.mail_limits import ABOUT_ONE_EXAMINER, MOST_SENDS, TO_ONE_MAILBOX, seconds_to_pause
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import ResendTooSoonError
from egzaminator.onboarding.domain.limits import BY_RESET
from egzaminator.onboarding.enums import Occasion
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def send_activation(*, claim: Claim, occasion: Occasion = Occasion.NEW_ADDRESS) -> None:
    """Queue a claim's activation e-mail, with a new link; earlier links to the same mailbox stay valid.

    Take the claim, with its examiner locked by the caller's transaction, and the reason for sending. Unless the address
    is new, the minimum interval between two e-mails applies. Raise `ClaimClosedError`, `ResendTooSoonError` or
    `MailsUsedUpError`; then nothing is sent.
    """
    if not claim.is_open:
        raise ClaimClosedError
    if occasion is not Occasion.NEW_ADDRESS:
        _require_pause(claim)
    _count_mail(claim, occasion)
    claim.last_sent_at = timezone.now()
    # A stranger can cause this e-mail with the PESEL alone, so it must not use up the sends that the owner may ask for.
    claim.sends += occasion is not Occasion.FORGOTTEN_PASSWORD
    claim.save(update_fields=["sends", "last_sent_at"])
    url, link = issue_link(
        purpose=LinkPurpose.ACTIVATE, subject=claim.id, address=claim.address, language=claim.language
    )
    queue_message(
        kind=Kind.ACTIVATION,
        about=claim.id,
        address=claim.address,
        addressee=claim.display_name,
        language=claim.language,
        context={"link": url, "saved_at": claim.created_at, "expires_at": link.expires_at},
        priority=Priority.ACCESS,
    )


def _require_pause(claim: Claim) -> None:
    seconds = seconds_to_pause(claim.last_sent_at)
    if seconds:
        raise ResendTooSoonError(seconds=seconds)


def _count_mail(claim: Claim, occasion: Occasion) -> None:
    uses = [(TO_ONE_MAILBOX, claim.address.casefold()), (ABOUT_ONE_EXAMINER, str(claim.examiner_id))]
    if occasion is Occasion.FORGOTTEN_PASSWORD:
        uses.append((BY_RESET, str(claim.id)))
    elif claim.sends >= MOST_SENDS:
        raise mail_capped(limit="claim", subject=claim.examiner_id)
    count_mail(uses=uses, subject=claim.examiner_id)
