import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority

# A person who never keeps cookies logs in from a new device each time, and would learn to ignore the e-mails. Counted
# per mailbox: notices to a thief's mailbox do not use up the owner's.
OF_ONE_ACCOUNT: Final = Limit("device.account", most=5, period=datetime.timedelta(days=1))


def tell_new_device(*, account: Account, device: str, address: str | None = None) -> None:
    """Notify an account's mailbox that its password or a passkey was used in an unknown browser.

    `device` is the browser's name, "" if it is unknown. Every such log-in is recorded, and the event carries the
    client's IP address. Past the limit, no e-mail is sent.
    """
    record_event(tag=Tag.DEVICE_NEW, subject=account.id, address=address, details={"device": device})
    try:
        count_use(limit=OF_ONE_ACCOUNT, of=f"{account.id}\0{account.email.casefold()}")
    except LimitReachedError as reached:
        record_event(tag=Tag.MAIL_CAPPED, subject=account.id, details={"limit": reached.limit})
        return
    with transaction.atomic():
        freeze, _ = issue_link(
            purpose=LinkPurpose.FREEZE, subject=account.id, address=account.email, language=account.language
        )
        queue_message(
            kind=Kind.NEW_DEVICE,
            about=account.id,
            address=account.email,
            addressee=account.display_name,
            language=account.language,
            context={"freeze": freeze, "device": device, "logged_in_at": timezone.now()},
            priority=Priority.NOTICE,
        )
