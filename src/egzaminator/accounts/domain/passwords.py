"""An account's password: the words that it must not be made of, and setting, changing and resetting it."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.devices import forget_devices
from egzaminator.accounts.domain.email_change import close_email_change
from egzaminator.accounts.domain.links import (
    find_link,
    issue_freeze_link,
    lock_linked_account,
    use_link,
    withdraw_links,
)
from egzaminator.accounts.domain.locks import lock_proven
from egzaminator.accounts.domain.notifications import count_notice, recipient_of
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.reauthentication import confirm_password
from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.enums import EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError
from egzaminator.accounts.models import Account
from egzaminator.accounts.passwords import is_guessable
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event, undecryptable_recorded
from egzaminator.audit.enums import Tag
from egzaminator.core.statements import change
from egzaminator.mail.catalogue import EmailKind, queue_password_changed
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.register.models import Examiner


def context_words(*, examiner: Examiner, numbers: Iterable[str] | None = None) -> list[str]:
    """Return what an examiner's password must not be made of: their numbers and names.

    `numbers` are the examiner's registration numbers, where the caller has read them already. Raise
    `UndecryptableError` if the PESEL cannot be decrypted.
    """
    pesel = examiner.pesel
    words = [examiner.identifier, examiner.surname, *examiner.first_names.split()]
    if pesel is not None:
        words.append(pesel.digits)
    words += examiner.entries.values_list("number", flat=True) if numbers is None else numbers
    return [word for word in words if word]


def set_password(*, account: Account, encoded: str, keep: str | None = None, device: str = "") -> None:
    """Set an account's password, revoke what anybody else got by the old one, and notify the mailbox.

    The caller's transaction has locked the account. `encoded` is the new password's hash, `keep` is the digest of the
    one session to keep, if any, and `device` is the token of the one browser that stays known.
    """
    account.password = encoded
    account.has_personal_password = False  # the form has checked it against everything known
    account.save(update_fields=["password", "has_personal_password"])
    withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
    # An owner who sets a new password because of a change that they did not request stops that change.
    close_email_change(account=account, outcome=EmailChangeOutcome.STOPPED)
    end_sessions(account=account, keep=keep)
    # A person who loses the password by this must not keep a way around the backoff on guessing: a known device.
    forget_devices(account=account, but=device)
    with suppress(MailsUsedUpError):
        count_notice(account=account, what=EmailKind.PASSWORD_CHANGED.value, mailbox=account.email)
        freeze = issue_freeze_link(account=account, mailbox=account.email)
        queue_password_changed(account_id=account.id, to=recipient_of(account), freeze=freeze)


def change_password(
    *, account: Account, current: str, password: str, keep: str, device: str = "", ip: str | None = None
) -> Account:
    """Set a new password for a logged-in person who knows the present one, and end every other session.

    `current` is as typed, and `password` has passed the policy. `keep` is the digest of the session that continues, and
    `device` is the device token of its browser. The event carries the client's IP address. Return the account as it is
    now. Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `OverloadError` on overload.
    """
    confirm_password(account=account, password=current, ip=ip)
    # Before the row lock is taken: hashing is so slow that others would have to wait for the lock.
    encoded = hash_password(password=password, salt=account.examiner.password_salt if account.examiner else None)
    with transaction.atomic():
        account = lock_proven(account=account)
        set_password(account=account, encoded=encoded, keep=keep, device=device)
        record_event(tag=Tag.PASSWORD_CHANGED, by=Actor(account.id, ip), subject=account.id)
    return account


def reset_password(*, token: str, password: str, ip: str | None = None, device: str = "") -> Account:
    """Set a new password by a mailed link, end every session, forget other devices, and notify the mailbox.

    `password` has passed the policy, and `device` is the token of the one browser that stays known. The event carries
    the client's IP address. A link to a blocked account counts as withdrawn. Raise a kind of `LinkError` if the link
    does not work, or `OverloadError` on overload.
    """
    link = find_link(purpose=LinkPurpose.RESET, token=token)
    examiner = Examiner.objects.filter(account=link.subject).only("password_salt").first()
    # Before the row locks are taken: hashing is so slow that others would have to wait for the locks.
    hashed = hash_password(password=password, salt=examiner.password_salt if examiner else None)
    with transaction.atomic():
        # The account is locked first: two links of one account, used at the same time, must not deadlock.
        account = lock_linked_account(link=link)
        if not account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
        use_link(link=link)
        set_password(account=account, encoded=hashed, device=device)
        record_event(tag=Tag.PASSWORD_RESET, subject=account.id, by=Actor(ip=ip))
    return account


_NOTE_PERSONAL: Final = """
UPDATE accounts_account SET has_personal_password = %s WHERE id = %s AND password = %s
"""


def check_for_personal_password(*, account: Account, password: str, numbers: Iterable[str]) -> None:
    """Record whether an examiner's password is made of the owner's data in the register, once per password.

    An owner with such a password is asked to change it, in "My account". `account` was read before the password was
    compared, and `password` is the one that fits it. `numbers` are the owner's registration numbers. Staff accounts are
    skipped.
    """
    if account.has_personal_password is not None or account.examiner is None:
        return
    with undecryptable_recorded():
        words = [account.email, *context_words(examiner=account.examiner, numbers=numbers)]
        account.has_personal_password = is_guessable(password, context_words=words)
        change(_NOTE_PERSONAL, [account.has_personal_password, account.id, account.password])
