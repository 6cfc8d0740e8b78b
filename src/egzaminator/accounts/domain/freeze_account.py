from django.db import transaction

from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.tell_board import tell_board
from egzaminator.post.enums import Kind


def freeze_account(*, token: str, address: str | None = None) -> Account:
    """Block an account from a mailbox that says "this was not me", end its sessions and forget its devices.

    Raises LinkError's kinds.
    """
    with transaction.atomic():
        link = find_link(purpose=LinkPurpose.FREEZE, token=token)
        account = Account.objects.select_for_update().get(pk=link.subject)
        use_link(link=link)
        account.is_active = False
        account.save(update_fields=["is_active"])
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET, LinkPurpose.FREEZE])
        end_sessions(account=account)
        forget_devices(account=account)
        record_event(tag=Tag.ACCOUNT_FROZEN, subject=account.id, address=address)
        tell_board(kind=Kind.ACCOUNT_FROZEN, about=account.id, name=account.display_name)
    return account
