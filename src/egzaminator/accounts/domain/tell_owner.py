from django.utils import timezone

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.may_tell import may_tell
from egzaminator.accounts.enums import LinkPurpose, SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def tell_owner(*, account: Account, news: SecurityNews, mailbox: str | None = None) -> None:
    """Write what happened to an account's security, with a link that freezes it ("it was not me").

    To the account's mailbox or, where one is named, to another of its owner's. In the caller's transaction. Of one kind
    of news five e-mails a day go out to a mailbox.
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
