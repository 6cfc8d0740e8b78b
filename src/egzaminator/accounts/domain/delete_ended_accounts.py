import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from egzaminator.accounts.domain.delete_account import delete_account
from egzaminator.accounts.models import Account
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry


def delete_ended_accounts() -> int:
    """Delete the accounts of examiners who were struck off or died long enough ago; give how many.

    Struck off: no entry is active, and the last strike-off was decided KEEP_STRUCK_OFF_DAYS ago. Died: the register
    says so since KEEP_DECEASED_DAYS.
    """
    count = 0
    for reason, accounts in (("deceased", _of_the_deceased()), ("struck-off", _of_the_struck_off())):
        for account in accounts.iterator():
            delete_account(account=account, reason=reason)
            count += 1
    return count


def _of_the_deceased() -> QuerySet[Account]:
    return Account.objects.filter(examiner__deceased_on__lte=_days_ago(settings.KEEP_DECEASED_DAYS))


def _of_the_struck_off() -> QuerySet[Account]:
    active = Entry.objects.filter(examiner=OuterRef("examiner"), state=EntryState.ACTIVE)
    strike_offs = Decision.objects.filter(entry__examiner=OuterRef("examiner"), kind=DecisionKind.STRIKE_OFF)
    last = strike_offs.order_by("-decided_on").values("decided_on")[:1]
    # Without a decision nobody knows since when: such an account stays.
    return (
        Account.objects.filter(~Exists(active), examiner__isnull=False)
        .alias(ended_on=Subquery(last))
        .filter(ended_on__lte=_days_ago(settings.KEEP_STRUCK_OFF_DAYS))
    )


def _days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)
