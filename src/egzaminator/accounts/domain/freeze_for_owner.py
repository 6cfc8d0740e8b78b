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
    """Freeze an account whose owner cannot: they are on the telephone, or their mailbox is a stranger's.

    All sessions end immediately. The board's mailbox is notified of who did it; a staff member whose own account was
    stolen learns of it there. The owner's known mailboxes, and the present one, are notified that it was done.

    `reason` is recorded and must hold no personal data. `actor` is the staff account that does it (None: an
    administrator, by command). The event carries its IP address. Raise `FrozenAlreadyError` if the account is frozen,
    or closed because the examiner died.
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
