"""The mailboxes of an account that staff act on, and what an act does to it."""

import datetime

from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email

ANNA, KNOWN = "anna@example.org", "znana@example.org"
DAY = datetime.timedelta(days=1)


def told(kind: EmailKind) -> set[str]:
    return set(Email.objects.filter(kind=kind).values_list("email", flat=True))


def state_of(account: Account) -> str:
    return Account.objects.get(pk=account.pk).state
