"""The activation e-mail of a claim, and the caps on it."""

import datetime
from typing import Final

from django.utils import timezone

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import ResendTooSoonError
from egzaminator.mail.catalogue import queue_activation
from egzaminator.mail.domain.caps import (
    ABOUT_ONE_EXAMINER,
    MOST_SENDS,
    TO_ONE_MAILBOX,
    count_mail,
    refuse_mail,
    seconds_to_pause,
)
from egzaminator.mail.domain.queue import Recipient
from egzaminator.onboarding.enums import ResendReason
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import Limit

# Activation e-mails sent because anybody, owner or stranger, reported a forgotten password. They do not count towards
# the claim's own five sends.
BY_RESET: Final = Limit("mail.claim-by-reset", most=3, period=datetime.timedelta(days=1))


def send_activation(*, claim: Claim, reason: ResendReason = ResendReason.NEW_EMAIL) -> None:
    """Queue a claim's activation e-mail, with a new link; earlier links to the same mailbox stay valid.

    The caller's transaction has locked the claim's examiner. Unless `reason` says that the e-mail address is new, the
    minimum interval between two e-mails applies. Raise `ClaimClosedError`, `ResendTooSoonError` or `MailsUsedUpError`;
    then nothing is sent.
    """
    if not claim.is_open:
        raise ClaimClosedError
    if reason is not ResendReason.NEW_EMAIL:
        _require_pause(claim)
    _count_mail(claim, reason)
    claim.last_sent_at = timezone.now()
    # A stranger can cause this e-mail with the PESEL alone, so it must not use up the sends that the owner may ask for.
    claim.sends += reason is not ResendReason.FORGOTTEN_PASSWORD
    claim.save(update_fields=["sends", "last_sent_at"])
    link = issue_link(purpose=LinkPurpose.ACTIVATE, subject=claim.id, email=claim.email, language=claim.language)
    to = Recipient(email=claim.email, name=claim.display_name, language=claim.language)
    queue_activation(claim_id=claim.id, to=to, link=link, saved_at=claim.created_at)


def _require_pause(claim: Claim) -> None:
    seconds = seconds_to_pause(claim.last_sent_at)
    if seconds:
        raise ResendTooSoonError(seconds=seconds)


def _count_mail(claim: Claim, reason: ResendReason) -> None:
    uses = [(TO_ONE_MAILBOX, claim.email.casefold()), (ABOUT_ONE_EXAMINER, str(claim.examiner_id))]
    if reason is ResendReason.FORGOTTEN_PASSWORD:
        uses.append((BY_RESET, str(claim.id)))
    elif claim.sends >= MOST_SENDS:
        refuse_mail(limit="claim", subject=claim.examiner_id)
    count_mail(uses=uses, subject=claim.examiner_id)
