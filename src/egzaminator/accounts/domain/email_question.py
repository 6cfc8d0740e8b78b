"""Whether an examiner still reads the mailbox of their account: when they are asked, and what they answer.

They are asked at the log-in, once a year, when staff ask them to be, and when e-mails come back from the address. The
question never bars the way. Only a link mailed to the address ends a hold on it: whoever is logged in may be a thief,
and a click proves nothing about the mailbox.
"""

import datetime
from enum import Enum, auto
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.accounts.domain.links import find_link, issue_link, use_link
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_email_check
from egzaminator.mail.domain.caps import ABOUT_ONE_EXAMINER, TO_ONE_MAILBOX, committed_if_capped, count_mail
from egzaminator.mail.domain.holds import is_on_hold

MOST_POSTPONED: Final = 3
"""After so many answers of „later”, the question is only a line on the overview."""


class Question(Enum):
    """What an examiner is asked about the e-mail address of their account."""

    IS_USED = auto()  # is it still yours?
    RETURNS = auto()  # e-mails come back from it: does it work again?


def question_of(account: Account) -> Question | None:
    """Return what an examiner is to be asked, or None."""
    if not account.is_examiner:
        return None
    if is_on_hold(account.email):
        return Question.RETURNS
    confirmed_at = account.email_confirmed_at
    is_old = confirmed_at <= timezone.now() - datetime.timedelta(days=settings.CONFIRM_EMAIL_DAYS)
    is_asked = account.email_asked_at is not None and account.email_asked_at > confirmed_at
    return Question.IS_USED if is_old or is_asked else None


def is_asked_at_login(account: Account) -> bool:
    """Return whether the question is asked after the log-in, and not only on the overview."""
    return account.email_postponed < MOST_POSTPONED and question_of(account) is not None


def confirm_use(*, account: Account, email: str, ip: str | None = None) -> None:
    """Record that the owner still uses the address that they were shown; nothing if the account has another by now.

    A hold on it stays.
    """
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        if account.email != email or question_of(account) is Question.RETURNS:
            return
        _record_use(account, Actor(account.id, ip))


def postpone_question(*, account: Account) -> None:
    """Record that the owner answers later."""
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        account.email_postponed = min(account.email_postponed + 1, MOST_POSTPONED)
        account.save(update_fields=["email_postponed"])


def send_email_check(*, account: Account, ip: str | None = None) -> None:
    """Mail to the account's address the link that proves that e-mails arrive. Raise `MailsUsedUpError`."""
    with committed_if_capped():
        account = lock_account(account_id=account.id)
        subject = account.examiner_id or account.id
        count_mail(
            uses=[(TO_ONE_MAILBOX, account.email.casefold()), (ABOUT_ONE_EXAMINER, str(subject))], subject=subject
        )
        link = issue_link(
            purpose=LinkPurpose.CONFIRM_EMAIL, subject=account.id, email=account.email, language=account.language
        )
        queue_email_check(account_id=account.id, to=recipient_of(account, account.email), link=link)
        record_event(tag=Tag.EMAIL_CHECK_SENT, by=Actor(account.id, ip), subject=account.id)


def find_check(*, token: str) -> Link:
    """Return the link that proves that e-mails to an account's address arrive, without using it.

    Raise a `LinkError`; the link is withdrawn if nobody can log in to the account, or it has another address by now.
    """
    link = find_link(purpose=LinkPurpose.CONFIRM_EMAIL, token=token)
    if not Account.objects.filter(pk=link.subject, email__iexact=link.email, is_active=True).exists():
        raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
    return link


def confirm_arrival(*, token: str, ip: str | None = None) -> None:
    """Record that an e-mail to the account's address arrived, which also ends a hold on it.

    The event carries the client's IP address. Raise a `LinkError`, as `find_check` does.
    """
    with transaction.atomic():
        account = lock_account(account_id=find_check(token=token).subject)
        use_link(link=find_check(token=token))  # again, because it may have waited for the lock
        _record_use(account, Actor(ip=ip))


def ask_about_email(*, accounts: QuerySet[Account]) -> int:
    """Have the owners of some accounts asked at their next log-in, in the caller's transaction; return how many."""
    return accounts.update(email_asked_at=timezone.now(), email_postponed=0)


def _record_use(account: Account, by: Actor) -> None:
    account.email_confirmed_at, account.email_postponed = timezone.now(), 0
    account.save(update_fields=["email_confirmed_at", "email_postponed"])
    record_event(tag=Tag.EMAIL_STILL_USED, by=by, subject=account.id)
