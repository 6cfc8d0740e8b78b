"""The notice of a claim to the mailbox that the register knows, with the link that stops the claim."""

import datetime
from contextlib import suppress
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link
from egzaminator.mail.catalogue import queue_claim_notice
from egzaminator.mail.domain.caps import refuse_mail
from egzaminator.mail.domain.queue import Recipient
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding.domain.claims import lock_claim
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

TO_KNOWN_MAILBOX: Final = Limit("mail.known-mailbox", most=5, period=datetime.timedelta(days=1))
_RECORDED: Final = Limit("mail.known-mailbox.capped", most=1, period=datetime.timedelta(days=1))


def notify_known_mailbox(*, claim: Claim) -> bool:
    """Notify the mailbox that the register knows of a claim on another mailbox, with a link to stop it.

    The owner of the known mailbox may know nothing of the form. Call it whenever the claim's e-mail address is new,
    whether or not the activation e-mail was sent; the caller's transaction must have locked the claim's examiner. It
    sends one notice per claim, and at most five a day about one examiner.

    Return False if that limit postpones the notice: whoever saves five decoy forms must not thereby hide the sixth.
    Return True if the notice is queued or none is needed.
    """
    known = claim.examiner.email
    if not known or known.casefold() == claim.email.casefold():
        return True
    if Link.objects.filter(subject=claim.id, purpose=LinkPurpose.STOP_CLAIM).exists():
        return True
    try:
        hit(limit=TO_KNOWN_MAILBOX, of=str(claim.examiner_id))
    except LimitReachedError as reached:
        _record_cap(claim, reached.limit)
        return False
    link = issue_link(purpose=LinkPurpose.STOP_CLAIM, subject=claim.id, email=known, language=claim.language)
    to = Recipient(email=known, name=claim.examiner.name, language=claim.language)
    queue_claim_notice(claim_id=claim.id, to=to, link=link, saved_at=claim.created_at)
    return True


def _record_cap(claim: Claim, limit: str) -> None:
    """Record once a day that the limit was reached: the worker tries again every minute."""
    with suppress(LimitReachedError, MailsUsedUpError):
        hit(limit=_RECORDED, of=str(claim.id))
        refuse_mail(limit=limit, subject=claim.examiner_id)


def notify_known_mailboxes() -> int:
    """Notify the mailboxes that the register knows of new claims and corrected addresses.

    Return how many claims are done: their notice is queued, or none is needed. A notice that the daily limit holds back
    stays pending.
    """
    news = Claim.objects.filter(needs_notice=True, closed_at__isnull=True, expires_at__gt=timezone.now())
    count = 0
    for claim_id in news.order_by("created_at").values_list("id", flat=True):
        with suppress(ClaimClosedError), transaction.atomic():
            claim = lock_claim(claim_id=claim_id)
            # Another worker may have handled it before this one got the lock.
            if claim.needs_notice and notify_known_mailbox(claim=claim):
                Claim.objects.filter(pk=claim.pk).update(needs_notice=False)
                count += 1
    return count
