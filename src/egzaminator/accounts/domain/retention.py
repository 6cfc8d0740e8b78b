"""Deletion of what is over: sessions, links, known devices, e-mail changes, and accounts of former examiners."""

import datetime
import uuid
from collections.abc import Callable
from typing import Final

from django.db import OperationalError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.domain.personal_data import about_person, accounts_of
from egzaminator.accounts.enums import AccountState, Barred, EmailChangeOutcome
from egzaminator.accounts.models import Account, EmailChange, KnownDevice, Link, Session
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.retention_rules import DECEASED, DEVICES, EMAIL_CHANGES, FORMER_STAFF, LINKS, STRUCK_OFF
from egzaminator.mail.catalogue import queue_deletion_notice
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry, Examiner

# How long before the deletion the owner is notified. For the deceased there is no notice.
NOTICE: Final = datetime.timedelta(days=30)


def delete_ended_sessions() -> int:
    """Delete expired sessions, with their clients' IP addresses; return how many."""
    count, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return count


def delete_ended_links() -> int:
    """Delete mailed links that expired a month ago, used or not; return how many."""
    count, _ = Link.objects.filter(expires_at__lte=LINKS.before).delete()
    return count


def delete_unseen_devices() -> int:
    """Delete known devices in which nobody has logged in for a year; return how many."""
    count, _ = KnownDevice.objects.filter(last_seen_at__lte=DEVICES.before).delete()
    return count


def delete_ended_email_changes() -> int:
    """Delete e-mail changes that expired a month ago without having been made; return how many.

    Changes that were made stay: they are part of what the board was notified of.
    """
    ended = EmailChange.objects.filter(expires_at__lte=EMAIL_CHANGES.before)
    count, _ = ended.exclude(outcome__in=EmailChangeOutcome.made()).delete()
    return count


def notify_before_deletion() -> int:
    """Notify the owners of accounts that are to be deleted in 30 days, once each; return how many.

    If an owner has an active entry again, the account is not deleted. The record of the notice is cleared, so that a
    later deletion is announced anew.
    """
    spared = Account.objects.filter(deletion_notified_at__isnull=False).exclude(pk__in=_struck_off(NOTICE))
    spared.update(deletion_notified_at=None)
    count = 0
    for account_id in _struck_off(NOTICE).filter(deletion_notified_at__isnull=True).values_list("id", flat=True):
        with transaction.atomic():
            account = _lock(account_id, _struck_off(NOTICE).filter(deletion_notified_at__isnull=True))
            if account is not None:
                _notify(account)
                count += 1
    return count


def delete_ended_accounts() -> int:
    """Delete the accounts of examiners who were struck off or died long enough ago; return how many.

    No other examiner's account is ever deleted by retention.
    """
    return delete_deceased_accounts() + delete_struck_off_accounts()


def delete_deceased_accounts() -> int:
    """Delete the accounts of examiners whose death was recorded `KEEP_DECEASED_DAYS` days ago; return how many."""
    return _delete_accounts("deceased", _deceased)


def delete_struck_off_accounts() -> int:
    """Delete the accounts of examiners who were struck off long enough ago; return how many.

    No entry is active, the last strike-off was decided `KEEP_STRUCK_OFF_DAYS` days ago, and the owner was notified 30
    days ago.
    """
    return _delete_accounts("struck-off", _notified_in_time)


def _delete_accounts(reason: str, find: Callable[[], QuerySet[Account]]) -> int:
    """Delete the accounts that `find` returns, and look again under each account's row lock; return how many."""
    count = 0
    for account_id in find().values_list("id", flat=True):
        with transaction.atomic():
            account = _lock(account_id, find())
            if account is not None:
                delete_account(account=account, reason=reason)
                count += 1
    return count


def delete_former_staff() -> int:
    """Delete the accounts of staff who left `KEEP_EVENTS_DAYS` ago, when no event names them; return how many."""
    left = list(Account.objects.filter(barred_by=Barred.LEFT, barred_at__lte=FORMER_STAFF.before))
    for account in left:
        delete_account(account=account, reason="left")
    return len(left)


def delete_account(*, account: Account, reason: str) -> None:
    """Delete an account, everything that belongs to it, and what is about its claims and e-mail changes.

    That is: profile, sessions, second factors, claims, links, what staff typed, and e-mails with their sent copies; and
    the accounts that were joined with it. The register's data stay, and audit events stay until they are old: the one
    that is recorded here says whose account it was. `reason` is "struck-off", "deceased", "left" or "asked-for";
    "again" after a restore from a backup that had the account.
    """
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        about = about_person(account=account)
        about.links.delete()
        about.emails.delete()
        about.staff_texts.delete()
        if account.examiner is not None:
            account.examiner.claims.all().delete()
        for one in accounts_of(account=account):
            examiner = {"examiner": str(one.examiner_id)} if one.examiner_id else {}
            record_event(tag=Tag.ACCOUNT_DELETED, subject=one.pk, details={"reason": reason, **examiner})
            one.delete()


def _lock(account_id: uuid.UUID, still: QuerySet[Account]) -> Account | None:
    """Lock an account, its examiner and their entries; return the account if the queryset `still` holds it.

    If an import has locked them, return None: the account waits for the next night, rather than be judged by data that
    are just changing.
    """
    try:
        with transaction.atomic():
            examiner_id = Account.objects.values_list("examiner_id", flat=True).get(pk=account_id)
            # A lock of the whole row (FOR UPDATE): a transaction that adds an entry holds a key lock on the examiner.
            Examiner.objects.select_for_update(nowait=True).only("id").get(pk=examiner_id)
            list(Entry.objects.select_for_update(nowait=True).filter(examiner=examiner_id).values_list("id"))
            lock_account(account_id=account_id)
    except (OperationalError, Account.DoesNotExist):
        return None
    return still.select_related("examiner").filter(pk=account_id).first()


def _notify(account: Account) -> None:
    account.deletion_notified_at = timezone.now()
    account.save(update_fields=["deletion_notified_at"])
    queue_deletion_notice(account_id=account.id, to=recipient_of(account), deleted_on=timezone.localdate() + NOTICE)
    record_event(tag=Tag.DELETION_TOLD, subject=account.id)


def _deceased() -> QuerySet[Account]:
    return Account.objects.filter(
        state=AccountState.CLOSED,
        examiner__joined_into__isnull=True,
        examiner__deceased_on__isnull=False,
        examiner__deceased_marked_at__lte=DECEASED.before,
    )


def _notified_in_time() -> QuerySet[Account]:
    return _struck_off(datetime.timedelta()).filter(deletion_notified_at__lte=timezone.now() - NOTICE)


def _struck_off(early: datetime.timedelta) -> QuerySet[Account]:
    """Return accounts of living examiners without an active entry whose time ends within `early` from now.

    It is counted from the last strike-off, or from the day on which they went to another board if that is later.
    """
    active = Entry.objects.filter(examiner=OuterRef("examiner"), state=EntryState.ACTIVE)
    strike_offs = Decision.objects.filter(
        entry__examiner=OuterRef("examiner"), kind=DecisionKind.STRIKE_OFF, withdrawn_at=None
    )
    last = strike_offs.order_by("-decided_on").values("decided_on")[:1]
    ended_by = timezone.localdate() + early - STRUCK_OFF.period
    # Without a decision nobody knows since when they are struck off: such an account stays. One that was joined with
    # another is deleted with that one.
    living = Examiner.objects.filter(deceased_on__isnull=True, joined_into__isnull=True)
    return (
        Account.objects.filter(~Exists(active), examiner__in=living)
        # PostgreSQL takes the greater one that is not null.
        .alias(ended_on=Greatest(Subquery(last), F("examiner__transferred_on")))
        .filter(ended_on__lte=ended_by)
    )
