import datetime

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.mask_address import mask_address
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority

# What the template of each kind calls the moment.
_MOMENTS = {Kind.ADDRESS_ASKED: "asked_at", Kind.ADDRESS_CHANGED: "changed_at"}


def tell_of_address(*, account: Account, change: AddressChange, kind: Kind, at: datetime.datetime) -> None:
    """Notify the former mailbox that an e-mail change was requested or made, with a link that freezes the account.

    No rate limit applies to these e-mails: a thief who took an account over could use it up first. There are only as
    many of them as changes. The link outlives the change, because it is the way back.
    """
    freeze, _ = issue_link(
        purpose=LinkPurpose.FREEZE, subject=account.id, address=change.old, language=account.language
    )
    queue_message(
        kind=kind,
        about=account.id,
        address=change.old,
        addressee=account.display_name,
        language=account.language,
        context={"freeze": freeze, "new": mask_address(change.new), _MOMENTS[kind]: at},
        priority=Priority.NOTICE,
    )
