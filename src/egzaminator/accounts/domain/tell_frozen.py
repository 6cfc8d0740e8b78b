from egzaminator.accounts.domain.mailboxes import is_among, mailboxes_to_tell
from egzaminator.accounts.models import Account
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def tell_frozen(*, account: Account, present: str, by_mailbox: str = "") -> None:
    """Notify an account's owner that it is frozen, in the caller's transaction.

    The notice goes to the known mailboxes, and to the one that was the account's at that moment. Otherwise, a person
    who reads a mailbox that the owner has moved away from could have the account frozen, and returned to that mailbox,
    behind the owner's back. The notice has no link: in a thief's mailbox, a link would freeze the account anew each
    time that it was returned.

    `present` is the mailbox at that moment. `by_mailbox` is the one whose link froze the account, which is not notified
    ("": the board froze it).
    """
    mailboxes = mailboxes_to_tell(account=account)
    if not is_among(present, mailboxes):
        mailboxes.append(present)
    for mailbox in mailboxes:
        if is_among(mailbox, [by_mailbox]):
            continue
        queue_message(
            kind=Kind.FROZEN_NOTICE,
            about=account.id,
            address=mailbox,
            addressee=account.display_name,
            language=account.language,
            context={"frozen_at": account.barred_at, "is_by_link": bool(by_mailbox)},
            priority=Priority.NOTICE,
        )
