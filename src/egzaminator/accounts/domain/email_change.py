"""The change of an account's e-mail address.

    requested --confirmed from the new mailbox--> made --undone from the former mailbox--> restored
    requested --cancelled, superseded, stopped by a new password or by freezing--> closed

Sending the confirmation again prolongs a pending change. An address that staff set is recorded like a change. What the
board corrects goes through the same states (email_correction.py).
"""

import datetime
import uuid
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.accounts.domain.email_checks import mask_email
from egzaminator.accounts.domain.links import (
    LIFETIMES,
    find_link,
    issue_freeze_link,
    issue_link,
    use_link,
    withdraw_links,
)
from egzaminator.accounts.domain.locks import lock_account, lock_proven
from egzaminator.accounts.domain.mailboxes import standing_changes
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.domain.reauthentication import confirm_password, confirm_password_by_link
from egzaminator.accounts.domain.reviews import report_changes
from egzaminator.accounts.enums import EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import (
    ChangeClosedError,
    ChangesUsedUpError,
    EmailTakenError,
    ResendTooSoonError,
)
from egzaminator.accounts.models import Account, EmailChange, ProfileChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.text import full_name
from egzaminator.mail.catalogue import queue_email_change_asked, queue_email_changed, queue_new_email
from egzaminator.mail.domain.caps import (
    ABOUT_ONE_EXAMINER,
    MOST_SENDS,
    TO_ONE_MAILBOX,
    committed_if_capped,
    count_mail,
    refuse_mail,
    seconds_to_pause,
)
from egzaminator.mail.domain.queue import Recipient
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

EMAIL_CHANGES: Final = Limit("email.changes", most=3, period=datetime.timedelta(days=1))


def pending_email_change(*, account: Account) -> EmailChange | None:
    """Return the account's e-mail change that is pending until the new mailbox confirms it, or None."""
    change = EmailChange.objects.filter(account=account, closed_at__isnull=True).first()
    return change if change is not None and change.is_waiting else None


def request_email_change(*, account: Account, email: str, password: str, ip: str | None = None) -> EmailChange:
    """Request another e-mail address for an account; it changes when the new mailbox confirms it.

    The present mailbox is notified immediately. A pending change is replaced, and its link is withdrawn. The owner is
    not told whether others use the new address, and the register is not asked. `password` is the account's, as typed.
    The event carries the client's IP address.

    Raise `LimitReachedError` after too many wrong passwords, `WrongPasswordError`, `ChangesUsedUpError` if today's
    requests are used up, or `MailsUsedUpError` if a cap on e-mails is; in that last case the change is pending all the
    same.
    """
    confirm_password(account=account, password=password, ip=ip)
    with committed_if_capped():
        account = lock_proven(account=account)
        return begin_email_change(account=account, email=email, by=Actor(account.id, ip))


def begin_email_change(*, account: Account, email: str, by: Actor) -> EmailChange:
    """Begin the change of a locked account's address, as its owner or, for a colleague, an administrator asks.

    The caller has made sure that `by` may do this. The new mailbox confirms it with the account's password, and the
    present one is told. Raise `ChangesUsedUpError` or `MailsUsedUpError`, see `request_email_change`.
    """
    _count(account)
    close_email_change(account=account, outcome=EmailChangeOutcome.SUPERSEDED)
    now = timezone.now()
    change = EmailChange.objects.create(
        account=account,
        old=account.email,
        new=email,
        asked_at=now,
        expires_at=now + LIFETIMES[LinkPurpose.NEW_EMAIL],
    )
    record_event(tag=Tag.EMAIL_CHANGE_ASKED, by=by, subject=account.id)
    # No cap applies to what the former mailbox is told, here and in `confirm_email`: a thief who took an account over
    # could use it up first. There are only as many of these e-mails as changes. The link in them outlives the change,
    # because it is the way back.
    queue_email_change_asked(
        account_id=account.id,
        to=recipient_of(account, change.old),
        freeze=issue_freeze_link(account=account, mailbox=change.old),
        new=mask_email(change.new),
        asked_at=now,
    )
    _send(account, change)
    return change


def resend_email_change(*, account: Account, ip: str | None = None) -> None:
    """Send the e-mail to the new mailbox once more; earlier links to it stay valid.

    The event carries the client's IP address. Raise `ChangeClosedError` if no change is pending, `ResendTooSoonError`
    if the pause is not over, or `MailsUsedUpError` if a cap on e-mails is used up.
    """
    with committed_if_capped():
        account = lock_account(account_id=account.id)
        change = pending_email_change(account=account)
        if change is None:
            raise ChangeClosedError
        if seconds := seconds_to_pause(change.last_sent_at):
            raise ResendTooSoonError(seconds=seconds)
        _send(account, change)
        record_event(tag=Tag.EMAIL_CHANGE_RESENT, by=Actor(account.id, ip), subject=account.id)


def cancel_email_change(*, account: Account, ip: str | None = None) -> None:
    """Cancel the pending e-mail change and withdraw its links.

    The event carries the client's IP address. Raise `ChangeClosedError` if no change is pending.
    """
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        if close_email_change(account=account, outcome=EmailChangeOutcome.CANCELLED) is None:
            raise ChangeClosedError
        record_event(tag=Tag.EMAIL_CHANGE_CANCELLED, by=Actor(account.id, ip), subject=account.id)


def confirm_email(
    *, token: str, password: str | None, proven_account: uuid.UUID | None = None, ip: str | None = None
) -> Account:
    """Change an account's e-mail address by the link mailed to the new one, and notify the former one.

    The link alone changes nothing, because a mistyped address is a stranger's mailbox. `password` is the account's, as
    typed. `proven_account` is the account logged in in this browser; its own change needs no password. The event
    carries the client's IP address. Links to a new password are withdrawn; freeze links, in the former mailbox, stay
    valid.

    Raise a kind of `LinkError` if the link does not work, `LimitReachedError` after too many wrong passwords,
    `WrongPasswordError`, or `EmailTakenError` (for staff only).
    """
    link = find_link(purpose=LinkPurpose.NEW_EMAIL, token=token)
    change = EmailChange.objects.select_related("account").get(pk=link.subject)
    if change.account_id != proven_account:
        confirm_password_by_link(account=change.account, password=password or "", ip=ip)
    try:
        with transaction.atomic():
            account = lock_account(account_id=change.account_id)
            use_link(link=link)
            close_email_change(account=account, outcome=EmailChangeOutcome.CONFIRMED)
            set_email(account=account, email=change.new)
            withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
            record_event(tag=Tag.EMAIL_CHANGED, by=Actor(account.id, ip), subject=account.id)
            queue_email_changed(
                account_id=account.id,
                to=recipient_of(account, change.old),
                freeze=issue_freeze_link(account=account, mailbox=change.old),
                new=mask_email(change.new),
            )
    except IntegrityError:
        raise EmailTakenError from None
    return account


def restore_email(*, account: Account, mailbox: str, ip: str | None = None) -> bool:
    """Undo an account's e-mail change when the former mailbox says that the owner did not make it.

    The caller's transaction has locked the account. `mailbox` is the one that the freeze link was sent to. The event
    carries the client's IP address. Return whether the address was taken back. It is if the mailbox was the account's
    until a change that is no older than a freeze link can be, and that nobody has undone since. So a thief who took an
    account over in two steps cannot take it over again from the mailbox between them.
    """
    if mailbox.casefold() == account.email.casefold():
        return False
    since = timezone.now() - LIFETIMES[LinkPurpose.FREEZE]
    was_its_own = any(
        change.old.casefold() == mailbox.casefold() and change.closed_at and change.closed_at > since
        for change in standing_changes(account=account)
    )
    return was_its_own and _take_back(account, mailbox, ip)


def close_email_change(*, account: Account, outcome: EmailChangeOutcome) -> EmailChange | None:
    """Close the account's e-mail change that is still open, if there is one, and withdraw its links.

    The caller's transaction has locked the account. Return the change if it was pending. A change that nobody confirmed
    in time is closed as well, but not returned: the result is then None, as without a change.
    """
    change = EmailChange.objects.filter(account=account, closed_at__isnull=True).first()
    if change is None:
        return None
    was_waiting = change.is_waiting
    change.closed_at = timezone.now()
    change.outcome = outcome
    change.save(update_fields=["closed_at", "outcome"])
    withdraw_links(subjects=[change.id], purposes=[LinkPurpose.NEW_EMAIL])
    return change if was_waiting else None


def set_email(*, account: Account, email: str) -> None:
    """Set the e-mail address of a locked account, and notify the board, as an examiner must.

    Raise `IntegrityError` if another of the board's staff has the address.
    """
    old, account.email = account.email, email
    account.email_confirmed_at, account.email_postponed = timezone.now(), 0
    account.save(update_fields=["email", "email_confirmed_at", "email_postponed"])
    if account.is_examiner:
        change = ProfileChange(account=account, field="email", old=old, new=email)
        report_changes(account=account, changes=[change])


def record_made_change(*, account: Account, old: str, outcome: EmailChangeOutcome) -> None:
    """Record an e-mail change that was made without a request in "My account".

    The history of addresses has no gaps, because it decides which mailbox can be trusted. `account` has its new address
    already.
    """
    now = timezone.now()
    EmailChange.objects.create(
        account=account, old=old, new=account.email, expires_at=now, closed_at=now, outcome=outcome
    )


def _send(account: Account, change: EmailChange) -> None:
    """Queue the e-mail by which the new mailbox confirms an e-mail change.

    The change stays pending for as long as the newest link is valid. The caller's transaction has locked the account.
    Raise `MailsUsedUpError` if a cap on e-mails is used up; nothing is sent then.
    """
    subject = account.examiner_id or account.id
    if change.sends >= MOST_SENDS:
        refuse_mail(limit="address", subject=subject)
    count_mail(uses=[(TO_ONE_MAILBOX, change.new.casefold()), (ABOUT_ONE_EXAMINER, str(subject))], subject=subject)
    mail_confirmation(account=account, change=change)


def mail_confirmation(*, account: Account, change: EmailChange) -> None:
    """Mail the link by which the new mailbox confirms a change, in the caller's transaction, whatever the caps say."""
    link = issue_link(purpose=LinkPurpose.NEW_EMAIL, subject=change.id, email=change.new, language=account.language)
    change.sends += 1
    change.last_sent_at = timezone.now()
    change.expires_at = link.expires_at
    change.save(update_fields=["sends", "last_sent_at", "expires_at"])
    to = Recipient(email=change.new, name=_own_words(account), language=account.language)
    queue_new_email(account_id=account.id, to=to, link=link, asked_at=change.asked_at, is_by_board=change.is_by_board)


def _count(account: Account) -> None:
    try:
        hit(limit=EMAIL_CHANGES, of=str(account.id))
    except LimitReachedError:
        raise ChangesUsedUpError from None


def _own_words(account: Account) -> str:
    """Return the recipient name as its owner wrote it.

    An e-mail to a mistyped address must not reveal the register's name to a stranger.
    """
    if account.examiner is None:
        return account.name
    return full_name(account.profile.first_name, account.profile.surname)


def _take_back(account: Account, mailbox: str, ip: str | None) -> bool:
    lost = account.email
    try:
        with transaction.atomic():
            set_email(account=account, email=mailbox)
    except IntegrityError:  # another of the staff took the address meanwhile: staff will sort it out
        account.email = lost
        return False
    record_made_change(account=account, old=lost, outcome=EmailChangeOutcome.RESTORED)
    record_event(tag=Tag.EMAIL_RESTORED, subject=account.id, by=Actor(ip=ip))
    return True
