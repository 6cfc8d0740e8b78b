"""What an account's owner is told by e-mail, and the caps on e-mails, whichever page causes them."""

import datetime
import math
import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose, SecurityNews
from egzaminator.accounts.errors import MailsUsedUpError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.domain.queue import queue_email
from egzaminator.mail.enums import EmailKind, Priority
from egzaminator.rate_limits.domain.counters import Limit, hit, hit_all
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


# Counted per kind: an attacker who repeats one act must not keep the owner from hearing of another.
NOTICES: Final = Limit("notice.account", most=5, period=_DAY)


def may_notify(*, account: Account, what: str, mailbox: str) -> bool:
    """Count a notice about an account's security; return whether it may be sent.

    Five a day may be sent per kind and mailbox: after five, the reader knows. The count is per mailbox so that notices
    to a thief's mailbox do not use up the owner's. A notice that may not be sent is recorded. The count runs in the
    caller's transaction.
    """
    try:
        hit(limit=NOTICES, of=f"{account.id}\0{what}\0{mailbox.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return False
    return True


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
        raise mail_capped(limit=reached.limit, subject=subject) from None


def mail_capped(*, limit: str, subject: uuid.UUID) -> MailsUsedUpError:
    """Record that a limit kept an e-mail from being sent, and return the error to raise."""
    record_event(tag=Tag.MAIL_CAPPED, subject=subject, details={"limit": limit})
    return MailsUsedUpError()


def notify_owner(*, account: Account, news: SecurityNews, mailbox: str | None = None) -> None:
    """Notify an owner of what happened to the account's security, with a link that freezes it ("it was not me").

    The e-mail goes to the account's mailbox or, if `mailbox` is given, to that other mailbox of the owner. It is queued
    in the caller's transaction. At most five e-mails a day, per kind of news, go to a mailbox.
    """
    mailbox = mailbox or account.email
    if not may_notify(account=account, what=news.value, mailbox=mailbox):
        return
    freeze, _ = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=mailbox, language=account.language)
    queue_email(
        kind=EmailKind.SECURITY_NEWS,
        related_id=account.id,
        email=mailbox,
        recipient_name=account.display_name,
        language=account.language,
        context={"freeze": freeze, "news": news.label, "at": timezone.now()},
        priority=Priority.NOTICE,
    )


# A person who never keeps cookies logs in from a new device each time, and would learn to ignore the e-mails. Counted
# per mailbox: notices to a thief's mailbox do not use up the owner's.
OF_ONE_ACCOUNT: Final = Limit("device.account", most=5, period=_DAY)


def notify_new_device(*, account: Account, device: str, ip: str | None = None) -> None:
    """Notify an account's mailbox that its password or a passkey was used in an unknown browser.

    `device` is the browser's name, "" if it is unknown. Every such log-in is recorded, and the event carries the
    client's IP address. Past the limit, no e-mail is sent.
    """
    record_event(tag=Tag.DEVICE_NEW, subject=account.id, by=Actor(ip=ip), details={"device": device})
    try:
        hit(limit=OF_ONE_ACCOUNT, of=f"{account.id}\0{account.email.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return
    with transaction.atomic():
        freeze, _ = issue_link(
            purpose=LinkPurpose.FREEZE, subject=account.id, email=account.email, language=account.language
        )
        queue_email(
            kind=EmailKind.NEW_DEVICE,
            related_id=account.id,
            email=account.email,
            recipient_name=account.display_name,
            language=account.language,
            context={"freeze": freeze, "device": device, "logged_in_at": timezone.now()},
            priority=Priority.NOTICE,
        )
