"""The return of a frozen account to its owner, and when it needs a second person."""

import uuid

from allauth.mfa.models import Authenticator
from django.db import transaction

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.mailboxes import (
    is_among,
    known_addresses,
    known_mailboxes,
    mailboxes_to_tell,
)
from egzaminator.accounts.domain.record_address import record_address, record_made_change
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.enums import AccountState, AddressOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.errors import (
    AccountClosedError,
    NotFrozenError,
    SecondPersonNeededError,
    StrangeAddressError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def needs_second_person(*, account: Account, email: str, asked_by: uuid.UUID | None) -> bool:
    """Return whether the return of an account to a mailbox needs two persons.

    It does if the account has a second factor, which would be removed, or if the mailbox is not known. `email` is the
    mailbox ("": the present one), and `asked_by` is the staff account that asks (None: an administrator, by command).
    """
    if Authenticator.objects.filter(user=account).exists():
        return True
    return not is_among(email or account.email, known_mailboxes(account=account, asked_by=asked_by))


def require_frozen(*, account: Account, email: str) -> None:
    """Raise an error if an account cannot be returned to a mailbox.

    The errors are `AccountClosedError` if it is closed, `NotFrozenError` if it is active, and `StrangeAddressError` if
    `email` is no mailbox of its owner.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if account.is_active:
        raise NotFrozenError
    if email and not is_among(email, known_addresses(account=account)):
        raise StrangeAddressError


def unfreeze_account(
    *,
    account: Account,
    reason: str,
    email: str = "",
    actor: uuid.UUID | None = None,
    address: str | None = None,
    is_agreed: bool = False,
) -> Account:
    """Return a frozen account to its owner, whom staff have spoken to; a mailed link sets a new password.

    Earlier users of the account keep nothing: no password, factor, passkey, recovery code, device, session, link or
    pending e-mail change. The other known mailboxes are notified.

    `reason` is recorded and must hold no personal data. `email` is the address of the account that the owner reads ("":
    the present one). `actor` is the staff account that does it, and the event carries its IP address. `is_agreed` tells
    whether a second person agreed. Raise `NotFrozenError`, `AccountClosedError`, `StrangeAddressError`,
    `SecondPersonNeededError`, or `IntegrityError` if another of the staff has taken a colleague's former address.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
        require_frozen(account=account, email=email)
        if not is_agreed and needs_second_person(account=account, email=email, asked_by=actor):
            raise SecondPersonNeededError
        told = mailboxes_to_tell(account=account)  # as they were when it was frozen
        account_state.reopen(account=account)
        if email and email.casefold() != account.email.casefold():
            old = account.email
            record_address(account=account, email=email)
            record_made_change(account=account, old=old, outcome=AddressOutcome.GIVEN_BACK)
        record_event(
            tag=Tag.ACCOUNT_UNFROZEN, actor=actor, subject=account.id, address=address, details={"reason": reason}
        )
        _tell(account)
        for mailbox in told:
            if not is_among(mailbox, [account.email]):
                tell_owner(account=account, news=SecurityNews.GIVEN_BACK, mailbox=mailbox)
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
