"""Steps of a change of address, and what they leave in the database."""

import datetime

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD
from tests.helpers.links import mailed_token

OLD, NEW, OTHER = "anna@example.org", "nowa@example.org", "inna@example.org"
DAY = datetime.timedelta(days=1)


def ask(account: Account, email: str = NEW, password: str = PASSWORD) -> EmailChange:
    return request_email_change(account=account, email=email, password=password)


def confirm(account: Account, email: str = NEW) -> Account:
    return confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, email), password=None, proven_account=account.id)


def take_over(account: Account, email: str = NEW) -> None:
    """Change the address, as anyone who knows the password can."""
    ask(account, email)
    confirm(account, email)
    account.refresh_from_db()


def freezing_link(mailbox: str, kind: EmailKind = EmailKind.EMAIL_CHANGED) -> str:
    return mailed_token(kind, mailbox)


def outcomes() -> list[tuple[str, str, str]]:
    return list(EmailChange.objects.order_by("asked_at", "closed_at").values_list("old", "new", "outcome"))


def tags() -> set[str]:
    return set(Event.objects.values_list("tag", flat=True))
