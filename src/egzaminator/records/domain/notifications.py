"""What an account's owner is told of what the board does with their record."""

from contextlib import suppress

from django.utils.functional import Promise

from egzaminator.accounts.domain.mailboxes import is_among, mailboxes_to_notify
from egzaminator.accounts.domain.notifications import count_notice, recipient_of
from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_record_changed
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.register.models import Examiner


def owner_mailboxes(examiner: Examiner) -> list[str]:
    """Return the mailboxes of an examiner's account that are told what the board does: the known ones, and its own.

    Ask before a change of the register's e-mail address, so that the former mailbox is among them.
    """
    account = _open_account(examiner)
    return account_mailboxes(account) if account else []


def account_mailboxes(account: Account) -> list[str]:
    """Return the mailboxes that are told what the board does with the record of an account."""
    mailboxes = mailboxes_to_notify(account=account)
    return mailboxes if is_among(account.email, mailboxes) else [*mailboxes, account.email]


def notify_of_change(*, examiner: Examiner, tag: Tag, mailboxes: list[str]) -> None:
    """Tell the mailboxes, in the caller's transaction, what the board has done. `tag` is that of the recorded event."""
    account = _open_account(examiner)
    if account is not None:
        notify_account(account=account, tag=tag, news=tag.label, mailboxes=mailboxes)


def notify_account(*, account: Account, tag: Tag, news: str | Promise, mailboxes: list[str]) -> None:
    """Tell mailboxes of an account in a sentence, `news`, what the board has done; a closed account's as well."""
    for mailbox in mailboxes:
        with suppress(MailsUsedUpError):
            count_notice(account=account, what=tag.value, mailbox=mailbox)
            queue_record_changed(account_id=account.id, to=recipient_of(account, mailbox), news=news)


def _open_account(examiner: Examiner) -> Account | None:
    """Return the examiner's account, unless it is closed: then its owner died, as far as the board knows."""
    return Account.objects.filter(examiner=examiner).exclude(state=AccountState.CLOSED).first()
