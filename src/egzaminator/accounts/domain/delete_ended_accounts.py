import datetime
import uuid
from typing import Final

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from egzaminator.accounts.domain.delete_account import delete_account
from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry, Examiner

# The owner is told so long before. Not the dead.
NOTICE: Final = datetime.timedelta(days=30)


def tell_before_deletion() -> int:
    """Tell the owners of accounts that end in 30 days, once; return how many were told.

    Whoever has an active entry again is not to be deleted, and will be told anew if it ever comes to that.
    """
    told_for_nothing = Account.objects.filter(deletion_told_at__isnull=False).exclude(pk__in=_struck_off(NOTICE))
    told_for_nothing.update(deletion_told_at=None)
    count = 0
    for account_id in _struck_off(NOTICE).filter(deletion_told_at__isnull=True).values_list("id", flat=True):
        with transaction.atomic():
            account = _lock(account_id, _struck_off(NOTICE).filter(deletion_told_at__isnull=True))
            if account is not None:
                _tell(account)
                count += 1
    return count


def delete_ended_accounts() -> int:
    """Delete the accounts of examiners who were struck off or died long enough ago; return how many.

    Struck off: no entry is active, the last strike-off was decided KEEP_STRUCK_OFF_DAYS ago, and the owner was told 30
    days ago. Died: the register says so, and was told so KEEP_DECEASED_DAYS ago. Nobody else's is ever deleted, and
    both are looked at again under the account's lock.
    """
    count = 0
    for reason, find in (("deceased", _deceased), ("struck-off", _told_in_time)):
        for account_id in find().values_list("id", flat=True):
            with transaction.atomic():
                account = _lock(account_id, find())
                if account is not None:
                    delete_account(account=account, reason=reason)
                    count += 1
    return count


def _lock(account_id: uuid.UUID, still: QuerySet[Account]) -> Account | None:
    """Lock an account, its examiner and entries, and return it if it is `still` one of these.

    In the order that all locks are taken in: examiner, entries, account (docs/architecture.md). What an import is just
    changing waits for the next night, rather than be decided by what it was.
    """
    try:
        with transaction.atomic():
            examiner_id = Account.objects.values_list("examiner_id", flat=True).get(pk=account_id)
            # The whole row: an entry that is being added holds its examiner's key.
            Examiner.objects.select_for_update(nowait=True).only("id").get(pk=examiner_id)
            list(Entry.objects.select_for_update(nowait=True).filter(examiner=examiner_id).values_list("id"))
            Account.objects.select_for_update(of=("self",)).only("id").get(pk=account_id)
    except (OperationalError, Account.DoesNotExist):
        return None
    return still.select_related("examiner").filter(pk=account_id).first()


def _tell(account: Account) -> None:
    account.deletion_told_at = timezone.now()
    account.save(update_fields=["deletion_told_at"])
    queue_message(
        kind=Kind.DELETION_NOTICE,
        about=account.id,
        address=account.email,
        addressee=account.display_name,
        language=account.language,
        context={"deleted_on": timezone.localdate() + NOTICE},
        priority=Priority.NOTICE,
    )
    record_event(tag=Tag.DELETION_TOLD, subject=account.id)


def _deceased() -> QuerySet[Account]:
    return Account.objects.filter(
        state=AccountState.CLOSED,
        examiner__deceased_on__isnull=False,
        examiner__deceased_marked_at__lte=timezone.now() - datetime.timedelta(days=settings.KEEP_DECEASED_DAYS),
    )


def _told_in_time() -> QuerySet[Account]:
    return _struck_off(datetime.timedelta()).filter(deletion_told_at__lte=timezone.now() - NOTICE)


def _struck_off(early: datetime.timedelta) -> QuerySet[Account]:
    """Return accounts of the living who have no active entry, and whose time is over, or will be by `early`."""
    active = Entry.objects.filter(examiner=OuterRef("examiner"), state=EntryState.ACTIVE)
    strike_offs = Decision.objects.filter(entry__examiner=OuterRef("examiner"), kind=DecisionKind.STRIKE_OFF)
    last = strike_offs.order_by("-decided_on").values("decided_on")[:1]
    ended_by = timezone.localdate() + early - datetime.timedelta(days=settings.KEEP_STRUCK_OFF_DAYS)
    # Without a decision nobody knows since when: such an account stays.
    return (
        Account.objects.filter(~Exists(active), examiner__isnull=False, examiner__deceased_on__isnull=True)
        .alias(ended_on=Subquery(last))
        .filter(ended_on__lte=ended_by)
    )
