from django.db import transaction

from egzaminator.accounts.domain.about_person import about_person
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def delete_account(*, account: Account, reason: str) -> None:
    """Delete an examiner's account, everything that belongs to it, and what is about its claims and e-mail changes.

    That is: profile, sessions, second factors, claims, links, and e-mails with their sent copies. The register's data
    stay, and audit events stay until they are old. `reason` is "struck-off" or "deceased".
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
