from django.utils import timezone

from egzaminator.accounts.domain.count_mail import count_mail, mail_capped
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.mail_limits import ABOUT_ONE_EXAMINER, MOST_SENDS, TO_ONE_MAILBOX
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.kernel.text import full_name
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def send_new_address(*, account: Account, change: AddressChange) -> None:
    """Queue the e-mail by which the new mailbox confirms an e-mail change.

    The change stays pending for as long as this link is valid. The caller's transaction has locked the account. Raise
    `MailsUsedUpError` if a cap on e-mails is used up; nothing is sent then.
    """
    subject = account.examiner_id or account.id
    if change.sends >= MOST_SENDS:
        raise mail_capped(limit="address", subject=subject)
    count_mail(uses=[(TO_ONE_MAILBOX, change.new.casefold()), (ABOUT_ONE_EXAMINER, str(subject))], subject=subject)
    url, link = issue_link(
        purpose=LinkPurpose.NEW_ADDRESS, subject=change.id, address=change.new, language=account.language
    )
    change.sends += 1
    change.last_sent_at = timezone.now()
    change.expires_at = link.expires_at
    change.save(update_fields=["sends", "last_sent_at", "expires_at"])
    queue_message(
        kind=Kind.NEW_ADDRESS,
        about=account.id,
        address=change.new,
        addressee=_own_words(account),
        language=account.language,
        context={"link": url, "asked_at": change.asked_at, "expires_at": link.expires_at},
        priority=Priority.ACCESS,
    )


def _own_words(account: Account) -> str:
    """Return the recipient name as its owner wrote it.

    An e-mail to a mistyped address must not reveal the register's name to a stranger.
    """
    if account.examiner is None:
        return account.name
    return full_name(account.profile.first_name, account.profile.surname)
