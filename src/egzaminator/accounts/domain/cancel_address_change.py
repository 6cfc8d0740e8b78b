from django.db import transaction

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.enums import AddressOutcome
from egzaminator.accounts.errors import ChangeClosedError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def cancel_address_change(*, account: Account, address: str | None = None) -> None:
    """Cancel the pending e-mail change and withdraw its links.

    The event carries the client's IP address. Raise `ChangeClosedError` if no change is pending.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if close_address_change(account=account, outcome=AddressOutcome.CANCELLED) is None:
            raise ChangeClosedError
        record_event(tag=Tag.ADDRESS_CANCELLED, actor=account.id, subject=account.id, address=address)
