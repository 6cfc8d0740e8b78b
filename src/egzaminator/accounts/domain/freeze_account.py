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
    """Freeze an account by the mailed link that says "this was not me", end its sessions and forget its devices.

    If the account's address was changed from this mailbox to another in the last days, the mailbox becomes the
    account's again. Freeze links in other mailboxes stay valid: a thief who took the account over must not invalidate,
    by a freeze link of their own, the link that takes the address back.

    On an account that is frozen already, the use of the link is an objection. What staff were asked to do with the
    account then waits for a second person (staff/domain/acts.py); an objection never ends it. The owner's other
    mailboxes are notified that the account was frozen, or its address taken back. The event carries the client's IP
    address. Raise a kind of `LinkError` if the link does not work.
    """
    with transaction.atomic():
        link = find_link(purpose=LinkPurpose.FREEZE, token=token)
        account = Account.objects.select_for_update().get(pk=link.subject)
        if account.state == AccountState.CLOSED:  # closing it withdrew the link after it was found
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
