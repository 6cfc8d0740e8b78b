import datetime
import logging
from contextlib import suppress
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import MailsUsedUpError, ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.domain.record_unreadable import unreadable_recorded
from egzaminator.audit.enums import Tag
from egzaminator.entrance.domain.credentials import find_credentials
from egzaminator.entrance.models import ResetRequest
from egzaminator.kernel.encryption import IndexKeyChangedError
from egzaminator.kernel.maintenance import is_maintenance_on
from egzaminator.keys.domain.require_index_key import require_index_key
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.onboarding.domain.resend_activation import resend_activation
from egzaminator.onboarding.enums import Occasion
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority

logger = logging.getLogger(__name__)

OF_ONE_ACCOUNT: Final = Limit("reset.account", most=3, period=datetime.timedelta(days=1))


def answer_resets() -> int:
    """Process all pending requests for a new password; return how many.

    The account's mailbox gets a reset link, unless the account is blocked. If there are only open claims, each gets its
    activation link again, in its own mailbox. Nobody else hears anything. Requests stay pending while nobody can be
    looked up: during maintenance, or while the blind index was made with another key than the configured one. Requests
    past the rate limits are deleted.
    """
    ResetRequest.objects.filter(is_over_limit=True).delete()
    if not _can_find_people():
        return 0
    count = 0
    while (request := _take()) is not None:
        with unreadable_recorded():
            _answer(request)
        count += 1
    return count


def _can_find_people() -> bool:
    if is_maintenance_on():
        return False
    try:
        require_index_key()
    except IndexKeyChangedError as error:
        logger.warning("Requests for a new password wait. %s", error)
        return False
    return True


def _take() -> ResetRequest | None:
    """Delete the oldest request and return it; None if there is none.

    It is deleted before it is processed: a request that cannot be processed must not block all others.
    """
    with transaction.atomic():
        request = ResetRequest.objects.select_for_update(skip_locked=True).order_by("created_at").first()
        if request is not None:
            ResetRequest.objects.filter(pk=request.pk).delete()
    return request


def _answer(request: ResetRequest) -> None:
    credentials = find_credentials(name=request.name)
    if credentials.account is not None:
        if credentials.account.is_active:
            _send_link(credentials.account, request.language)
        return
    for claim in credentials.claims:
        # One transaction per claim. Each claim's mailbox has a counter: in one transaction, two workers could each hold
        # the counter that the other waits for (deadlock).
        with unreadable_recorded(), suppress(ClaimClosedError, ResendTooSoonError, MailsUsedUpError):
            resend_activation(claim_id=claim.id, occasion=Occasion.FORGOTTEN_PASSWORD)


def _send_link(account: Account, language: str) -> None:
    try:
        # Per account and mailbox: the links that a thief had sent to another mailbox must not use up the owner's daily
        # limit.
        count_use(limit=OF_ONE_ACCOUNT, of=f"{account.id}\0{account.email.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return
    with transaction.atomic():
        url, link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, address=account.email, language=language)
        queue_message(
            kind=Kind.RESET,
            about=account.id,
            address=account.email,
            addressee=account.display_name,
            language=language,
            context={"link": url, "expires_at": link.expires_at},
            priority=Priority.ACCESS,
        )
