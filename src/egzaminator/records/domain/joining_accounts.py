"""The joining of two records that both have an account, which two persons agree to: one of the accounts is closed.

Who asks, who agrees and who is told is in `staff/domain/`. Each function needs a transaction of the caller's.
"""

import uuid
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.account_state import retire
from egzaminator.accounts.enums import AccountState, Barred
from egzaminator.accounts.errors import AccountClosedError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText
from egzaminator.records.domain.joining import join_locked, require_same_ends, show_both
from egzaminator.records.domain.notifications import account_mailboxes, notify_account
from egzaminator.records.domain.shown import Shown, require_unchanged
from egzaminator.records.errors import ImportUnderWayError, NotPossibleNowError
from egzaminator.register.domain.imports.command import holds_off_imports
from egzaminator.register.domain.locks import lock_entries, lock_examiner
from egzaminator.register.models import Examiner

_NEWS: Final = _(
    "The board joined two records of one person in the register, each with an account, and closed this account. The "
    "other account stays: log in with its password."
)


def lock_both(*, account_ids: Iterable[uuid.UUID]) -> None:
    """Lock the records of two accounts in the order of their ids, and then the entries; the accounts come after them.

    Raise `ImportUnderWayError`.
    """
    if not holds_off_imports():
        raise ImportUnderWayError
    accounts = Account.objects.filter(pk__in=account_ids, examiner__isnull=False).order_by("examiner")
    while True:
        with transaction.atomic():
            examiner_ids = list(accounts.values_list("examiner_id", flat=True))
            for examiner in [lock_examiner(examiner_id=one) for one in examiner_ids]:
                lock_entries(examiner=examiner)
            # An account is moved only under the lock of the record that it leaves.
            if list(accounts.values_list("examiner_id", flat=True)) == examiner_ids:
                return
            transaction.set_rollback(True)  # lets go of the locks


def require_joinable(*, staying: Account, closed: Account, kept_id: uuid.UUID, shown: Shown) -> None:
    """Raise an error if two accounts, locked after `lock_both`, cannot be joined, with their records.

    `kept_id` is the record that everything is to be moved to, and `shown` what the form showed of both records. The
    errors are `AccountClosedError`, `NotPossibleNowError` if the accounts do not belong to this record and another one,
    `DifferentEndsError`, and `ChangedMeanwhileError` if either record is not what the form showed.
    """
    kept, other = _records(staying, closed, kept_id)
    require_unchanged(shown=shown, now=show_both(kept, other))


def join_accounts(*, staying: Account, closed: Account, kept_id: uuid.UUID, reason: str | StaffText, by: Actor) -> None:
    """Join the records of two accounts, locked after `lock_both`, and close the account `closed` for good.

    Nothing opens the closed account any more: no password, session, second factor or link. It stands under the emptied
    record, so that its history, e-mails and details are found with those of the account that stays (`accounts_of`).

    Raise `AccountClosedError`, `NotPossibleNowError` or `DifferentEndsError`, as `require_joinable`.
    """
    kept, other = _records(staying, closed, kept_id)
    mailboxes = account_mailboxes(closed)
    text = keep_text(text=reason, subject=kept.id, by=by) if isinstance(reason, str) else reason
    retire(account=closed, by=Barred.JOINED)
    # A record has one account at a time, so the closed one stands nowhere while the other one moves.
    Account.objects.filter(pk=closed.pk).update(examiner=None)
    join_locked(kept=kept, other=other, text=text, by=by)
    Account.objects.filter(pk=closed.pk).update(examiner=other)
    record_event(tag=Tag.ACCOUNT_JOINED, by=by, subject=closed.id, reason=text)
    notify_account(account=closed, tag=Tag.ACCOUNT_JOINED, news=_NEWS, mailboxes=mailboxes)


def _records(staying: Account, closed: Account, kept_id: uuid.UUID) -> tuple[Examiner, Examiner]:
    """Return the record that is kept and the other one, as they are under the locks."""
    if AccountState.CLOSED in (staying.state, closed.state):
        raise AccountClosedError
    records = {one.examiner_id: one.examiner for one in (staying, closed) if one.examiner}
    kept = records.pop(kept_id, None)
    if kept is None or len(records) != 1:
        raise NotPossibleNowError
    (other,) = records.values()
    require_same_ends(kept, other)
    return kept, other
