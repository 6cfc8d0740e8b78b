from django.utils import timezone

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.may_tell import may_tell
from egzaminator.accounts.enums import LinkPurpose, SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def tell_owner(*, account: Account, news: SecurityNews, mailbox: str | None = None) -> None:
    """Notify an owner of what happened to the account's security, with a link that freezes it ("it was not me").

    The e-mail goes to the account's mailbox or, if `mailbox` is given, to that other mailbox of the owner. It is queued
    in the caller's transaction. At most five e-mails a day, per kind of news, go to a mailbox.
    """
    address = mailbox or account.email
    if not may_tell(account=account, what=news.value, mailbox=address):
        return
    freeze, _ = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, address=address, language=account.language)
    queue_message(
        kind=Kind.SECURITY_NEWS,
        about=account.id,
        address=address,
        addressee=account.display_name,
        language=account.language,
        context={"freeze": freeze, "news": news.label, "at": timezone.now()},
        priority=Priority.NOTICE,
    )
