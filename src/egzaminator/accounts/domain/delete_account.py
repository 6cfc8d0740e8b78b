from django.db import transaction

from egzaminator.accounts.models import Account, Link
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.models import Message


def delete_account(*, account: Account, reason: str) -> None:
    """Delete an examiner's account with all that hangs on it: profile, sessions, factors, links, rows of e-mails.

    Takes the account and why ("struck-off", "deceased"). What the register holds stays, and so do events until they
    are old themselves.
    """
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        Link.objects.filter(subject=account.pk).delete()
        Message.objects.filter(about=account.pk).delete()
        record_event(tag=Tag.ACCOUNT_DELETED, subject=account.pk, details={"reason": reason})
        account.delete()
