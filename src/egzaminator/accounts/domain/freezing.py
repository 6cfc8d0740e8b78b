"""Freezing an account, and giving it back to its owner, with everybody who is told. The states: `account_state`."""

import uuid

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.email_change import record_made_change, restore_email, set_email
from egzaminator.accounts.domain.links import find_link, issue_link, lock_linked_account, use_link, withdraw_links
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.mailboxes import (
    is_among,
    known_emails,
    known_mailboxes,
    mailboxes_to_notify,
)
from egzaminator.accounts.domain.notifications import notify_owner, recipient_of
from egzaminator.accounts.enums import AccountState, Barred, EmailChangeOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.errors import (
    AccountClosedError,
    FrozenAlreadyError,
    LinkWithdrawnError,
    NotFrozenError,
    SecondPersonNeededError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText
from egzaminator.mail.catalogue import queue_account_frozen, queue_account_unfrozen, queue_frozen_notice


def freeze_by_link(*, token: str, ip: str | None = None) -> Account:
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
        account = lock_linked_account(link=link)
        if account.state == AccountState.CLOSED:  # closing it withdrew the link after it was found
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
        use_link(link=link)
        was_active, present = account.is_active, account.email
        account_state.freeze(account=account, by=Barred.LINK)
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.FREEZE], mailbox=link.email)
        is_restored = restore_email(account=account, mailbox=link.email, ip=ip)
        record_event(tag=Tag.ACCOUNT_FROZEN, subject=account.id, by=Actor(ip=ip))
        queue_account_frozen(account_id=account.id, name=account.display_name, by=None)
        if was_active or is_restored:
            _notify_frozen(account=account, present=present, by_mailbox=link.email)
    return account


def freeze_by_staff(*, account: Account, reason: str, by: Actor = SYSTEM) -> None:
    """Freeze an account whose owner cannot: they are on the telephone, or their mailbox is a stranger's.

    All sessions end immediately. The board's mailbox is notified of who did it; a staff member whose own account was
    stolen learns of it there. The owner's known mailboxes, and the present one, are notified that it was done.

    `reason` is what staff typed. `by` is the staff account that does it (no account: an administrator, by command). The
    event carries its IP address. Raise `FrozenAlreadyError` if the account is frozen, or closed because the examiner
    died.
    """
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        if not account.is_active:
            raise FrozenAlreadyError
        account_state.freeze(account=account, by=Barred.STAFF)
        record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=by, subject=account.id, reason=reason)
        name = Account.objects.get(pk=by.account_id).display_name if by.account_id else _("the administrator")
        queue_account_frozen(account_id=account.id, name=account.display_name, by=name)
        _notify_frozen(account=account, present=account.email)


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

    The errors are `AccountClosedError` if it is closed, `NotFrozenError` if it is active, and `UnknownMailboxError` if
    `email` is no mailbox of its owner.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if account.is_active:
        raise NotFrozenError
    if email and not is_among(email, known_emails(account=account)):
        raise UnknownMailboxError


def unfreeze_account(
    *,
    account: Account,
    reason: str | StaffText,
    email: str = "",
    by: Actor = SYSTEM,
    is_agreed: bool = False,
) -> Account:
    """Return a frozen account to its owner, whom staff have spoken to; a mailed link sets a new password.

    Earlier users of the account keep nothing: no password, factor, passkey, recovery code, device, session, link or
    pending e-mail change. The other known mailboxes are notified.

    `reason` is what staff typed, now or when they asked for a second person. `email` is the address of the account that
    the owner reads ("": the present one). `by` is the staff account that does it, with its IP address. `is_agreed`
    tells whether a second person agreed. Raise `NotFrozenError`, `AccountClosedError`, `UnknownMailboxError`,
    `SecondPersonNeededError`, or `IntegrityError` if another of the staff has taken a colleague's former address.
    """
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        require_frozen(account=account, email=email)
        if not is_agreed and needs_second_person(account=account, email=email, asked_by=by.account_id):
            raise SecondPersonNeededError
        mailboxes = mailboxes_to_notify(account=account)  # as they were when it was frozen
        account_state.reopen(account=account)
        if email and email.casefold() != account.email.casefold():
            old = account.email
            set_email(account=account, email=email)
            record_made_change(account=account, old=old, outcome=EmailChangeOutcome.GIVEN_BACK)
        record_event(tag=Tag.ACCOUNT_UNFROZEN, by=by, subject=account.id, reason=reason)
        _send_reset_link(account)
        for mailbox in mailboxes:
            if not is_among(mailbox, [account.email]):
                notify_owner(account=account, news=SecurityNews.GIVEN_BACK, mailbox=mailbox)
    return account


def _notify_frozen(*, account: Account, present: str, by_mailbox: str = "") -> None:
    """Notify an account's owner that it is frozen, in the caller's transaction.

    The notice goes to the known mailboxes, and to the one that was the account's at that moment. Otherwise, a person
    who reads a mailbox that the owner has moved away from could have the account frozen, and returned to that mailbox,
    behind the owner's back. The notice has no link: in a thief's mailbox, a link would freeze the account anew each
    time that it was returned.

    `present` is the mailbox at that moment. `by_mailbox` is the one whose link froze the account, which is not notified
    ("": the board froze it).
    """
    mailboxes = mailboxes_to_notify(account=account)
    if not is_among(present, mailboxes):
        mailboxes.append(present)
    for mailbox in mailboxes:
        if is_among(mailbox, [by_mailbox]):
            continue
        queue_frozen_notice(
            account_id=account.id,
            to=recipient_of(account, mailbox),
            frozen_at=account.barred_at,
            is_by_link=bool(by_mailbox),
        )


def _send_reset_link(account: Account) -> None:
    link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language=account.language)
    queue_account_unfrozen(account_id=account.id, to=recipient_of(account), link=link)
