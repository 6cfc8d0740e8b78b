import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.confirm_password import confirm_password_by_link
from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.record_address import record_address
from egzaminator.accounts.domain.tell_of_address import tell_of_address
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.errors import AddressTakenError
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.enums import Kind


def confirm_address(
    *, token: str, password: str | None, proven_account: uuid.UUID | None = None, address: str | None = None
) -> Account:
    """Change an account's e-mail address by the link mailed to the new one, and notify the former one.

    The link alone changes nothing, because a mistyped address is a stranger's mailbox. `password` is the account's, as
    typed. `proven_account` is the account logged in in this browser; its own change needs no password. The event
    carries the client's IP address. Links to a new password are withdrawn; freeze links, in the former mailbox, stay
    valid.

    Raise a kind of `LinkError` if the link does not work, `LimitReachedError` after too many wrong passwords,
    `WrongPasswordError`, or `AddressTakenError` (for staff only).
    """
    link = find_link(purpose=LinkPurpose.NEW_ADDRESS, token=token)
    change = AddressChange.objects.select_related("account").get(pk=link.subject)
    if change.account_id != proven_account:
        confirm_password_by_link(account=change.account, password=password or "", address=address)
    try:
        with transaction.atomic():
            account = (
                Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=change.account_id)
            )
            use_link(link=link)
            close_address_change(account=account, outcome=AddressOutcome.CONFIRMED)
            record_address(account=account, email=change.new)
            withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
            record_event(tag=Tag.ADDRESS_CHANGED, actor=account.id, subject=account.id, address=address)
            tell_of_address(account=account, change=change, kind=Kind.ADDRESS_CHANGED, at=timezone.now())
    except IntegrityError:
        raise AddressTakenError from None
    return account
