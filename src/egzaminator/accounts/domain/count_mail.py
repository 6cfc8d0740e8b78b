"""The count of e-mails against their caps."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from egzaminator.accounts.errors import MailsUsedUpError
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_uses
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError


def count_mail(*, uses: Sequence[tuple[Limit, str]], subject: uuid.UUID) -> None:
    """Count an e-mail that is about to be sent, in the caller's transaction.

    `uses` are pairs of a limit and its key; `subject` is the examiner or account that the e-mail is about. If a limit
    is used up, record that, count the e-mail against none of them, and raise `MailsUsedUpError`.
    """
    try:
        # A savepoint: an e-mail rejected by one limit must not use up the others.
        with transaction.atomic():
            count_uses(uses=uses)
    except LimitReachedError as reached:
        raise mail_capped(limit=reached.limit, subject=subject) from None


def mail_capped(*, limit: str, subject: uuid.UUID) -> MailsUsedUpError:
    """Record that a limit kept an e-mail from being sent, and return the error to raise."""
    record_event(tag=Tag.MAIL_CAPPED, subject=subject, details={"limit": limit})
    return MailsUsedUpError()
