from django.db import transaction

from egzaminator.accounts.domain.about_person import about_person
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def delete_account(*, account: Account, reason: str) -> None:
    """Delete an examiner's account with all that hangs on it, and with what is about its forms and changes of address.

    Profile, sessions, factors, forms, links, e-mails with their kept texts. Take the account and why ("struck-off",
    "deceased"). What the register holds stays, and so do events until they are old themselves.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
        about = about_person(account=account)
        about.links.delete()
        about.messages.delete()
        if account.examiner is not None:
            account.examiner.claims.all().delete()
        record_event(tag=Tag.ACCOUNT_DELETED, subject=account.pk, details={"reason": reason})
        account.delete()
