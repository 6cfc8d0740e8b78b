import uuid

from django.db import transaction

from egzaminator.accounts.domain.close_account import close_account
from egzaminator.accounts.errors import FrozenAlreadyError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def freeze_for_owner(
    *, account: Account, reason: str, actor: uuid.UUID | None = None, address: str | None = None
) -> None:
    """Freeze an account that its owner cannot freeze: its mailboxes are a stranger's, or nobody reads them.

    Takes the account, why (for the record: no personal data), the staff account that does it (None: the command line),
    and its IP address. Raises FrozenAlreadyError.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if not account.is_active:
            raise FrozenAlreadyError
        close_account(account=account)
        record_event(
            tag=Tag.ACCOUNT_FROZEN_BY_STAFF,
            actor=actor,
            subject=account.id,
            address=address,
            details={"reason": reason},
        )
