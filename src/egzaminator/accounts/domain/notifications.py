"""What an account's owner is told by e-mail, and the caps on e-mails, whichever page causes them."""

import datetime
from contextlib import suppress
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.links import issue_freeze_link
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_new_device, queue_security_news
from egzaminator.mail.domain.caps import count_mail
from egzaminator.mail.domain.queue import Recipient
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.rate_limits.domain.counters import Limit

_DAY: Final = datetime.timedelta(days=1)

# Counted per kind: an attacker who repeats one act must not keep the owner from hearing of another.
NOTICES: Final = Limit("notice.account", most=5, period=_DAY)


def recipient_of(account: Account, mailbox: str | None = None) -> Recipient:
    """Return an account's owner as the recipient of an e-mail, in the present mailbox or in another of theirs."""
    return Recipient(email=mailbox or account.email, name=account.display_name, language=account.language)


def count_notice(*, account: Account, what: str, mailbox: str) -> None:
    """Count a notice about an account's security, in the caller's transaction. Raise `MailsUsedUpError`.

    Five a day may be sent per kind and mailbox: after five, the reader knows. The count is per mailbox so that notices
    to a thief's mailbox do not use up the owner's.
    """
    count_mail(uses=[(NOTICES, f"{account.id}\0{what}\0{mailbox.casefold()}")], subject=account.id)


def notify_owner(*, account: Account, news: SecurityNews, mailbox: str | None = None) -> None:
    """Notify an owner of what happened to the account's security, with a link that freezes it ("it was not me").

    The e-mail goes to the account's mailbox or, if `mailbox` is given, to that other mailbox of the owner. It is queued
    in the caller's transaction. At most five e-mails a day, per kind of news, go to a mailbox.
    """
    to = recipient_of(account, mailbox)
    with suppress(MailsUsedUpError):
        count_notice(account=account, what=news.value, mailbox=to.email)
        freeze = issue_freeze_link(account=account, mailbox=to.email)
        queue_security_news(account_id=account.id, to=to, freeze=freeze, news=news.label)


# A person who never keeps cookies logs in from a new device each time, and would learn to ignore the e-mails. Counted
# per mailbox: notices to a thief's mailbox do not use up the owner's.
OF_ONE_ACCOUNT: Final = Limit("device.account", most=5, period=_DAY)


def notify_new_device(*, account: Account, device: str, ip: str | None = None) -> None:
    """Notify an account's mailbox that its password or a passkey was used in an unknown browser.

    `device` is the browser's name, "" if it is unknown. Every such log-in is recorded, and the event carries the
    client's IP address. Past the limit, no e-mail is sent.
    """
    record_event(tag=Tag.DEVICE_NEW, subject=account.id, by=Actor(ip=ip), details={"device": device})
    with suppress(MailsUsedUpError):
        count_mail(uses=[(OF_ONE_ACCOUNT, f"{account.id}\0{account.email.casefold()}")], subject=account.id)
        with transaction.atomic():
            freeze = issue_freeze_link(account=account, mailbox=account.email)
            queue_new_device(account_id=account.id, to=recipient_of(account), freeze=freeze, device=device)
