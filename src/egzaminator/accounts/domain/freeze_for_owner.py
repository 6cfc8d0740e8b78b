import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.tell_frozen import tell_frozen
from egzaminator.accounts.enums import Barred
from egzaminator.accounts.errors import FrozenAlreadyError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.tell_board import tell_board
from egzaminator.post.enums import Kind


def freeze_for_owner(
    *, account: Account, reason: str, actor: uuid.UUID | None = None, address: str | None = None
) -> None:
    """Freeze an account that its owner cannot freeze: they are on the telephone, or their mailbox is a stranger's.

    Everybody is logged out at once. The board's mailbox reads who did it: a member of staff whose own account was
    stolen learns of it there. The owner's known mailboxes, and the present one, read that it was done. Take the
    account, why (for the record: no personal data), the staff account that does it (None: an administrator, by
    command), and its IP address. Raise FrozenAlreadyError; for the account of who died as well, which is closed.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
        if not account.is_active:
            raise FrozenAlreadyError
        account_state.freeze(account=account, by=Barred.STAFF)
        record_event(
            tag=Tag.ACCOUNT_FROZEN_BY_STAFF,
            actor=actor,
            subject=account.id,
            address=address,
            details={"reason": reason},
        )
        by = Account.objects.get(pk=actor).display_name if actor else _("the administrator")
        tell_board(kind=Kind.ACCOUNT_FROZEN, about=account.id, name=account.display_name, by=by)
        tell_frozen(account=account, present=account.email)
