"""Caps on the e-mails that somebody requests, whichever page they request them on."""

import contextlib
import datetime
import math
import uuid
from collections.abc import Generator, Sequence
from typing import Final, NoReturn

from django.db import transaction
from django.utils import timezone

from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.rate_limits.domain.counters import Limit, hit_all
from egzaminator.rate_limits.errors import LimitReachedError

_DAY: Final = datetime.timedelta(days=1)

TO_ONE_MAILBOX: Final = Limit("mail.mailbox", most=5, period=_DAY)
ABOUT_ONE_EXAMINER: Final = Limit("mail.examiner", most=10, period=_DAY)
# For one claim, and for one e-mail change.
MOST_SENDS: Final = 5
PAUSE: Final = datetime.timedelta(seconds=60)


def seconds_to_pause(last_sent_at: datetime.datetime | None) -> int:
    """Return the seconds from now until another e-mail may be requested, 0 if it may be now."""
    if last_sent_at is None:
        return 0
    return max(0, math.ceil((last_sent_at + PAUSE - timezone.now()).total_seconds()))


def count_mail(*, uses: Sequence[tuple[Limit, str]], subject: uuid.UUID) -> None:
    """Count an e-mail that is about to be sent, in the caller's transaction.

    `uses` are pairs of a limit and its key; `subject` is the examiner or account that the e-mail is about. If a limit
    is used up, record that, count the e-mail against none of them, and raise `MailsUsedUpError`.
    """
    try:
        # A savepoint: an e-mail rejected by one limit must not use up the others.
        with transaction.atomic():
            hit_all(uses=uses)
    except LimitReachedError as reached:
        refuse_mail(limit=reached.limit, subject=subject, seconds=reached.seconds)


def refuse_mail(*, limit: str, subject: uuid.UUID, seconds: int | None = None) -> NoReturn:
    """Record that a limit keeps an e-mail from being sent, and raise `MailsUsedUpError`.

    `seconds` is the time until the limit's period ends, or None if it has none.
    """
    record_event(tag=Tag.MAIL_CAPPED, subject=subject, details={"limit": limit})
    raise MailsUsedUpError(limit=limit, seconds=seconds)


@contextlib.contextmanager
def committed_if_capped() -> Generator[None]:
    """Run the block in a transaction that `MailsUsedUpError` ends but does not roll back.

    The error is raised after the commit. Raised inside, it would undo the event that records it, and what was done
    before the e-mail: a corrected address, a pending change.
    """
    capped: MailsUsedUpError | None = None
    with transaction.atomic():
        try:
            yield
        except MailsUsedUpError as error:
            capped = error
    if capped is not None:
        raise capped
