"""The record of an examiner's death, and its withdrawal, with what they do to claims and account."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.mailboxes import mailboxes_to_notify
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_frozen_notice
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.errors import NotDeceasedError
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.locks import lock_examiner
from egzaminator.register.models import Examiner

_FIELDS = ["deceased_on", "deceased_marked_at", "updated_at"]


def mark_deceased(*, examiner_id: uuid.UUID, on: datetime.date, reason: str = "", by: Actor = SYSTEM) -> None:
    """Record that an examiner died: from then on nobody can log in as them and no e-mail is sent to them.

    Open forms are stopped, the account is closed, and every link is withdrawn. A second call corrects the day. The
    entries stay as they are: striking them off is a decision of the board. Retention deletes the account later. `on` is
    the day of death, `reason` what staff typed, and `by` the staff account that reports it (no account: the command
    line).
    """
    with transaction.atomic():
        examiner = lock_examiner(examiner_id=examiner_id)
        examiner.deceased_on = on
        examiner.deceased_marked_at = examiner.deceased_marked_at or timezone.now()
        examiner.save(update_fields=_FIELDS)
        claims = Claim.objects.filter(examiner=examiner, closed_at__isnull=True)
        close_claims(claim_ids=list(claims.values_list("id", flat=True)), outcome=ClaimOutcome.WITHDRAWN)
        account = _lock_account(examiner)
        if account is not None:
            account_state.close(account=account)
        record_event(tag=Tag.EXAMINER_DECEASED, by=by, subject=examiner.id, reason=reason)


def undo_deceased(*, examiner_id: uuid.UUID, reason: str, by: Actor = SYSTEM) -> None:
    """Withdraw the record of a death that was a mistake.

    The account becomes frozen, as after any time in which its owner could not be asked. Staff unfreeze it, and the
    owner then sets a new password. The known mailboxes are notified. Stopped forms stay stopped. `reason` is what staff
    typed, and `by` is the staff account that reports it (no account: the command line). Raise
    `NotDeceasedError` if no death is recorded.
    """
    with transaction.atomic():
        examiner = lock_examiner(examiner_id=examiner_id)
        if examiner.deceased_on is None:
            raise NotDeceasedError
        examiner.deceased_on = examiner.deceased_marked_at = None
        examiner.save(update_fields=_FIELDS)
        record_event(tag=Tag.DEATH_WITHDRAWN, by=by, subject=examiner.id, reason=reason)
        account = _lock_account(examiner)
        if account is not None:
            account_state.withdraw_closure(account=account)
            _notify(account)


def _lock_account(examiner: Examiner) -> Account | None:
    account_id = Account.objects.filter(examiner=examiner).values_list("id", flat=True).first()
    return lock_account(account_id=account_id) if account_id else None


def _notify(account: Account) -> None:
    for mailbox in mailboxes_to_notify(account=account):
        queue_frozen_notice(
            account_id=account.id, to=recipient_of(account, mailbox), frozen_at=account.barred_at, is_mistake=True
        )
