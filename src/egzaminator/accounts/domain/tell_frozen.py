from egzaminator.accounts.domain.mailboxes import is_among, mailboxes_to_tell
from egzaminator.accounts.models import Account
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def tell_frozen(*, account: Account, present: str, by_mailbox: str = "") -> None:
    """Tell an account's owner that it is frozen, in the caller's transaction.

    To the known mailboxes, and to the one that was the account's at that moment: who reads a mailbox that its owner has
    moved away from must not have the account frozen, and given back to it, behind the owner's back. Without a link: in
    a thief's mailbox it would freeze the account anew each time that it was given back. Take the account, that present
    mailbox, and the one whose link froze it (none: the board did), which is not told.
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
