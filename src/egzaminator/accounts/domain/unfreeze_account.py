import uuid

from django.contrib.auth.hashers import make_password
from django.db import transaction

from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.known_addresses import known_addresses
from egzaminator.accounts.domain.record_address import record_address
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import NotFrozenError, StrangeAddressError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def unfreeze_account(
    *, account: Account, reason: str, email: str = "", actor: uuid.UUID | None = None, address: str | None = None
) -> Account:
    """Give a frozen account back to its owner, whom staff have spoken to; a new password is set by a mailed link.

    Somebody else may know the old password, so it opens nothing any more. Whatever was mailed before dies: staff's word
    is the last. Takes the account, why (for the record: no personal data), which of the account's known addresses the
    owner reads, if not the present one, the staff account, and its IP address. Raises NotFrozenError,
    StrangeAddressError, or IntegrityError when one of the staff has taken a colleague's former address.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
        if account.is_active:
            raise NotFrozenError
        if email and email.casefold() not in {known.casefold() for known in known_addresses(account=account)}:
            raise StrangeAddressError
        account.is_active = True
        account.password = make_password(None)
        account.save(update_fields=["is_active", "password"])
        if email and email.casefold() != account.email.casefold():
            record_address(account=account, email=email)
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET, LinkPurpose.FREEZE])
        end_sessions(account=account)
        forget_devices(account=account)
        record_event(
            tag=Tag.ACCOUNT_UNFROZEN, actor=actor, subject=account.id, address=address, details={"reason": reason}
        )
        _tell(account)
    return account


def _tell(account: Account) -> None:
    url, link = issue_link(
        purpose=LinkPurpose.RESET, subject=account.id, address=account.email, language=account.language
    )
    queue_message(
        kind=Kind.ACCOUNT_UNFROZEN,
        about=account.id,
        address=account.email,
        addressee=account.display_name,
        language=account.language,
        context={"link": url, "expires_at": link.expires_at},
        priority=Priority.ACCESS,
    )
