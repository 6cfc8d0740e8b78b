from django.db import transaction

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.restore_address import restore_address
from egzaminator.accounts.domain.tell_frozen import tell_frozen
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AccountState, Barred, LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.tell_board import tell_board
from egzaminator.post.enums import Kind


def freeze_account(*, token: str, address: str | None = None) -> Account:
    """Block an account from a mailbox that says "this was not me", end its sessions and forget its devices.

    An address that this mailbox lost to another in the last days is the account's again. Freezing links in other
    mailboxes live on: whoever took an account over must not kill, with one of their own, the link that takes the
    address back. On an account that is frozen already, the use of the link is an objection: what staff were asked to do
    with the account then waits for a second person (staff/domain/acts.py), and never ends by it. The owner's other
    mailboxes read that it was frozen, or its address taken back. Take the link's token and the client's IP address.
    Raise LinkError's kinds.
    """
    with transaction.atomic():
        link = find_link(purpose=LinkPurpose.FREEZE, token=token)
        account = Account.objects.select_for_update().get(pk=link.subject)
        if account.state == AccountState.CLOSED:  # which killed the link after it was found
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        use_link(link=link)
        was_active, present = account.is_active, account.email
        account_state.freeze(account=account, by=Barred.LINK)
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.FREEZE], mailbox=link.address)
        is_restored = restore_address(account=account, mailbox=link.address, address=address)
        record_event(tag=Tag.ACCOUNT_FROZEN, subject=account.id, address=address)
        tell_board(kind=Kind.ACCOUNT_FROZEN, about=account.id, name=account.display_name, by=None)
        if was_active or is_restored:
            tell_frozen(account=account, present=present, by_mailbox=link.address)
    return account
