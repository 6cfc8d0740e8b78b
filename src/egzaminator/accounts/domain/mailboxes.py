"""Which mailboxes are, were, or can be trusted to be those of an account's owner."""

import datetime
import uuid
from typing import Final

from django.utils import timezone

from egzaminator.accounts.enums import EmailChangeOutcome
from egzaminator.accounts.models import Account, EmailChange

# How long a mailbox must have been the account's. A thief changes the account's address, freezes it and calls.
KNOWN_AFTER: Final = datetime.timedelta(days=30)


def known_emails(*, account: Account) -> list[str]:
    """Return the mailboxes that are or once were the account's, and the register's, the present one first.

    Staff may choose from these. `known_mailboxes` returns those that one person alone may choose.
    """
    made = EmailChange.objects.filter(account=account, outcome__in=EmailChangeOutcome.made()).order_by("-closed_at")
    former = [email for pair in made.values_list("new", "old") for email in pair]
    in_register = account.examiner.email if account.examiner else ""
    return _unique([account.email, *former, in_register])


def known_mailboxes(*, account: Account, asked_by: uuid.UUID | None) -> list[str]:
    """Return the mailboxes that are surely the owner's, for an account that staff are asked to return.

    One is the mailbox that was the account's 30 days before it was frozen (30 days before now, if it is not frozen),
    whatever came after. The other is the register's, if it was there by then, or if it came with a register file and
    not from the one who asks. A mailbox that came by an e-mail change within those 30 days never counts, nor does that
    of an account younger than that.

    `asked_by` is the staff account that asks (None: an administrator, by command, who also imports registers).
    """
    before = (account.barred_at or timezone.now()) - KNOWN_AFTER
    return _unique([_email_at(account, before), _register_email(account, before, asked_by)])


def standing_changes(*, account: Account) -> list[EmailChange]:
    """Return the account's e-mail changes that were confirmed and not undone, oldest first.

    Taking an address back undoes all changes that came after it.
    """
    standing: list[EmailChange] = []
    made = EmailChange.objects.filter(account=account, outcome__in=EmailChangeOutcome.made())
    for change in made.order_by("closed_at"):
        if change.outcome == EmailChangeOutcome.CONFIRMED:
            standing.append(change)
            continue
        indexes = [index for index, one in enumerate(standing) if one.old.casefold() == change.new.casefold()]
        standing = standing[: indexes[-1]] if indexes else standing
    return standing


def is_among(email: str, mailboxes: list[str]) -> bool:
    """Return whether an e-mail address is among others, ignoring upper and lower case."""
    return email.casefold() in {mailbox.casefold() for mailbox in mailboxes}


def is_shared(*, email: str, account: Account) -> bool:
    """Return whether an account other than this one has an e-mail address as well."""
    return Account.objects.filter(email__iexact=email).exclude(pk=account.pk).exists()


def mailboxes_to_notify(*, account: Account) -> list[str]:
    """Return the mailboxes that are notified of what staff do with an account.

    These are the known ones or, if there is none, all that it ever had. The present one alone may be the thief's.
    """
    return known_mailboxes(account=account, asked_by=account.id) or known_emails(account=account)


def _email_at(account: Account, moment: datetime.datetime) -> str:
    if account.created_at > moment:
        return ""
    changes = EmailChange.objects.filter(
        account=account, outcome__in=EmailChangeOutcome.made(), closed_at__gt=moment
    ).order_by("closed_at")
    first = changes.first()
    return first.old if first else account.email


def _register_email(account: Account, moment: datetime.datetime, asked_by: uuid.UUID | None) -> str:
    examiner = account.examiner
    if examiner is None:
        return ""
    # An address that came with a file by command was not put there by a person who asks in the panel. One that staff
    # typed, or read in from a file in the browser, may have been: a file of one row is quickly made. Who of them did
    # does not matter: a stolen session may be one person's, and the call another's.
    is_anothers = asked_by is not None and examiner.email_by is None
    is_old = examiner.email_since is None or examiner.email_since <= moment
    return examiner.email if is_anothers or is_old else ""


def _unique(emails: list[str]) -> list[str]:
    unique: dict[str, str] = {}
    for email in emails:
        unique.setdefault(email.casefold(), email)
    return [email for email in unique.values() if email]
