"""The correction of an account's e-mail address by the board, for an owner who reaches neither mailbox nor account.

It is an e-mail change (email_change.py) that two persons of the board decide instead of the owner, with the same states
and the same way back. What differs is how the new mailbox confirms it: by the PESEL or identifier, because its owner
cannot log in. A stranger, whose mailbox a mistyped address is, knows neither.
"""

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.devices import forget_devices
from egzaminator.accounts.domain.email_change import close_email_change, mail_confirmation, set_email
from egzaminator.accounts.domain.email_checks import mask_email
from egzaminator.accounts.domain.links import (
    LIFETIMES,
    find_link,
    issue_freeze_link,
    issue_link,
    use_link,
    withdraw_links,
)
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.mailboxes import is_among, mailboxes_to_notify
from egzaminator.accounts.domain.notifications import notify_owner, recipient_of
from egzaminator.accounts.domain.reauthentication import confirm_name_by_link
from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.enums import AccountState, EmailChangeOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.errors import AccountClosedError, SameEmailError
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_email_change_asked, queue_email_changed, queue_reset


def require_correctable(*, account: Account, email: str) -> None:
    """Raise `AccountClosedError` or `SameEmailError` if an account's address cannot be corrected to this one.

    A frozen account's can: it stays frozen, and is given back afterwards. Only an examiner's account is corrected: the
    staff have no PESEL here, and whoever lost both mailbox and password is invited anew.
    """
    if account.examiner is None:
        raise ValueError("The address of a staff account is never corrected.")
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if is_among(email, [account.email]):
        raise SameEmailError


def begin_correction(*, account: Account, email: str, by: Actor) -> EmailChange:
    """Begin the correction of a locked account's address, which the board has decided. Tell the present mailbox.

    `by` is the staff account that agreed. No cap applies to the link: a thief in the account could use it up. There are
    as few of these e-mails as acts about one account (staff/domain/acts.py). Raise the errors of `require_correctable`.
    """
    require_correctable(account=account, email=email)
    close_email_change(account=account, outcome=EmailChangeOutcome.SUPERSEDED)
    now = timezone.now()
    change = EmailChange.objects.create(
        account=account,
        old=account.email,
        new=email,
        asked_at=now,
        expires_at=now + LIFETIMES[LinkPurpose.NEW_EMAIL],
        is_by_board=True,
    )
    record_event(tag=Tag.EMAIL_CHANGE_ASKED, by=by, subject=account.id)
    queue_email_change_asked(
        account_id=account.id,
        to=recipient_of(account, change.old),
        freeze=issue_freeze_link(account=account, mailbox=change.old),
        new=mask_email(change.new),
        asked_at=now,
        is_by_board=True,
    )
    mail_confirmation(account=account, change=change)
    return change


def confirm_correction(*, token: str, name: str, ip: str | None = None) -> Account:
    """Correct an account's address by the link mailed to the new one, and notify the mailboxes that it had or has.

    `name` is the owner's PESEL or identifier, as typed. The event carries the client's IP address. The password,
    sessions, known devices and links to a new password end: whoever had them was not the owner, who could not log in.
    Second factors stay, because removing them is an act of its own. So do freeze links in the former mailbox: they are
    the way back for an owner behind whose back the board was talked into this.

    An active account gets a link to set a new password by, in the new mailbox. A frozen one stays frozen. Raise a kind
    of `LinkError` if the link does not work, `LimitReachedError` after too many wrong names, or `WrongNameError`.
    """
    link = find_link(purpose=LinkPurpose.NEW_EMAIL, token=token)
    change = EmailChange.objects.select_related("account").get(pk=link.subject)
    confirm_name_by_link(account=change.account, name=name, ip=ip)
    with transaction.atomic():
        account = lock_account(account_id=change.account_id)
        use_link(link=link)
        told = mailboxes_to_notify(account=account)  # as they were before it
        close_email_change(account=account, outcome=EmailChangeOutcome.CONFIRMED)
        set_email(account=account, email=change.new)
        account_state.drop_password(account=account)
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
        end_sessions(account=account)
        forget_devices(account=account)
        record_event(tag=Tag.EMAIL_CHANGED, by=Actor(ip=ip), subject=account.id)
        queue_email_changed(
            account_id=account.id,
            to=recipient_of(account, change.old),
            freeze=issue_freeze_link(account=account, mailbox=change.old),
            new=mask_email(change.new),
        )
        for mailbox in told:
            if not is_among(mailbox, [change.old, change.new]):
                notify_owner(account=account, news=SecurityNews.EMAIL_CORRECTED, mailbox=mailbox)
        if account.is_active:
            reset = issue_link(
                purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language=account.language
            )
            queue_reset(account_id=account.id, to=recipient_of(account), link=reset)
    return account
