"""Requests for a new password: stored alike for every name, and processed by the worker."""

import datetime
import logging
import uuid
from contextlib import suppress
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event, undecryptable_recorded
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import IndexKeyChangedError, encrypt
from egzaminator.core.requests import network_of
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.login.domain.candidates import find_candidates
from egzaminator.login.models import ResetRequest, name_context
from egzaminator.mail.catalogue import queue_reset
from egzaminator.mail.domain.caps import count_mail
from egzaminator.mail.domain.queue import Recipient
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding.domain.activation import resend_activation
from egzaminator.onboarding.enums import ResendReason
from egzaminator.onboarding.errors import ClaimClosedError
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.domain.examiners import name_key
from egzaminator.runtime.jobs import start_job
from egzaminator.runtime.maintenance import is_maintenance_on

# A school's teachers share one IP address; what one of them needs is far below either limit. Past the network's limit
# nothing is stored, whatever the name. Past the name's limit the request is stored, and the worker deletes it.
BY_NETWORK: Final = Limit("reset.network", most=60, period=datetime.timedelta(hours=1))
BY_NAME: Final = Limit("reset.name", most=10, period=datetime.timedelta(hours=1))
_AFTER_ACTIVATIONS: Final = -1


def request_reset(*, name: str, language: str, ip: str) -> None:
    """Store a request for a new password; the worker finds out whose it is.

    So the response, its cost and the stored row are the same for every name, known or not, even past the name's rate
    limit. `name` is as typed, and `language` is the one to write in.
    """
    try:
        hit(limit=BY_NETWORK, of=network_of(ip))
    except LimitReachedError:
        return
    is_over_limit = False
    try:
        hit(limit=BY_NAME, of=name_key(name))
    except LimitReachedError:
        is_over_limit = True
    request_id = uuid.uuid4()
    with transaction.atomic():
        ResetRequest.objects.create(
            id=request_id,
            name_encrypted=encrypt(name, context=name_context(request_id)),
            language=language,
            ip=ip,
            is_over_limit=is_over_limit,
        )
        record_event(tag=Tag.RESET_REQUESTED, by=Actor(ip=ip))
        start_job(task="login.process_reset_requests", priority=_AFTER_ACTIVATIONS)


logger = logging.getLogger(__name__)

OF_ONE_ACCOUNT: Final = Limit("reset.account", most=3, period=datetime.timedelta(days=1))


def process_reset_requests() -> int:
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
        with undecryptable_recorded():
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
    candidates = find_candidates(name=request.name)
    if candidates.account is not None:
        if candidates.account.is_active:
            _send_link(candidates.account, request.language)
        return
    for claim in candidates.claims:
        # One transaction per claim. Each claim's mailbox has a counter: in one transaction, two workers could each hold
        # the counter that the other waits for (deadlock).
        with undecryptable_recorded(), suppress(ClaimClosedError, ResendTooSoonError, MailsUsedUpError):
            resend_activation(claim_id=claim.id, reason=ResendReason.FORGOTTEN_PASSWORD)


def _send_link(account: Account, language: str) -> None:
    with suppress(MailsUsedUpError):
        # Per account and mailbox: the links that a thief had sent to another mailbox must not use up the owner's daily
        # limit.
        count_mail(uses=[(OF_ONE_ACCOUNT, f"{account.id}\0{account.email.casefold()}")], subject=account.id)
        with transaction.atomic():
            link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language=language)
            to = Recipient(email=account.email, name=account.display_name, language=language)
            queue_reset(account_id=account.id, to=to, link=link)
