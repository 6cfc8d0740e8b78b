"""Having the examiners of a list asked whether their e-mail address is still theirs."""

from django.db import transaction
from django.db.models import QuerySet

from egzaminator.accounts.domain.email_question import ask_about_email
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.register.domain.selections import examiners_of
from egzaminator.register.models import Selection


def askable(selection: Selection) -> QuerySet[Account]:
    """Return the query for the accounts of a list that can be logged in to. Raise `UndecryptableError`."""
    refresh_all_list_keys()
    return Account.objects.filter(is_active=True, examiner__in=examiners_of(selection).order_by().values("pk"))


def ask_list(*, selection: Selection, by: Actor) -> int:
    """Have everybody of a list asked at their next log-in; return how many. Raise `UndecryptableError`."""
    accounts = askable(selection)
    with transaction.atomic():
        count = ask_about_email(accounts=accounts)
        record_event(tag=Tag.EMAILS_ASKED, by=by, details={"selection": str(selection.id), "people": count})
    return count
