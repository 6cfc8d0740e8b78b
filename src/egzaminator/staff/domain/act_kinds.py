"""What each kind of act needs of an account, and what it does to it once it may be done."""

from typing import Final

from allauth.mfa.models import Authenticator
from django.db import IntegrityError

from egzaminator.accounts.domain.email_correction import begin_correction, require_correctable
from egzaminator.accounts.domain.freezing import require_frozen, unfreeze_account
from egzaminator.accounts.domain.mfa import reset_second_factor
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import AccountState, ActKind
from egzaminator.accounts.errors import (
    AccountClosedError,
    NoSecondFactorError,
    NotFrozenError,
    SameEmailError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.catalogue import queue_account_deleted
from egzaminator.records.domain.joining_accounts import join_accounts, lock_both
from egzaminator.records.errors import DifferentEndsError, NotPossibleNowError
from egzaminator.staff.domain.notifications import act_mailboxes
from egzaminator.staff.models import Act

# What makes an act impossible, now or since it was requested.
IMPOSSIBLE: Final = (
    NotFrozenError,
    AccountClosedError,
    UnknownMailboxError,
    NoSecondFactorError,
    SameEmailError,
    NotPossibleNowError,
    DifferentEndsError,
    IntegrityError,
)


# What concerns everything that the board has about a person: both records, and not the accounts alone, are locked and
# must not be a staff member's own.
WHOLE_RECORD: Final = frozenset({ActKind.JOIN.value, ActKind.DELETE.value})


def lock_changed(*, act: Act | None) -> None:
    """Lock what is locked before the accounts when an act is done.

    Of a joining and of a deletion, these are the records of the accounts with their entries. Raise
    `ImportUnderWayError`.
    """
    if act is not None and act.kind in WHOLE_RECORD:
        lock_both(account_ids={act.account_id, act.closed_account_id or act.account_id})


def require_possible(*, kind: ActKind, account: Account, email: str) -> None:
    """Raise one of `IMPOSSIBLE` if an act of this kind, other than a joining, cannot be done with a locked account.

    `email` is the mailbox that the account is to have, where the kind has one.
    """
    if kind == ActKind.GIVE_BACK:
        require_frozen(account=account, email=email)
        return
    if kind == ActKind.CORRECT_EMAIL:
        require_correctable(account=account, email=email)
        return
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if kind == ActKind.DELETE:
        return
    if not Authenticator.objects.filter(user=account).exists():
        raise NoSecondFactorError


def do_act(*, act: Act, by: Actor) -> None:
    """Do what an act on a locked account was requested for. Raise one of `IMPOSSIBLE` if it cannot be done any more.

    `by` is who confirmed it; no account means that it waited long enough alone.
    """
    if act.kind == ActKind.GIVE_BACK:
        unfreeze_account(account=act.account, reason=act.reason or "", email=act.email, by=by, is_agreed=True)
    elif act.kind == ActKind.CORRECT_EMAIL:
        begin_correction(account=act.account, email=act.email, by=by)
    elif act.kind == ActKind.JOIN:
        if act.closed_account is None or act.kept_id is None:
            raise NotPossibleNowError
        join_accounts(
            staying=act.account, closed=act.closed_account, kept_id=act.kept_id, reason=act.reason or "", by=by
        )
    elif act.kind == ActKind.DELETE:
        require_possible(kind=ActKind.DELETE, account=act.account, email="")
        _delete(act.account)
    else:
        require_possible(kind=ActKind.RESET_SECOND_FACTOR, account=act.account, email="")
        reset_second_factor(account=act.account, reason=act.reason or "", by=by)


def _delete(account: Account) -> None:
    """Delete an account as retention does, the act included, and then tell the mailboxes that were told of the act."""
    assert account.examiner_id is not None  # noqa: S101 -- for mypy; colleagues' accounts are ended, never deleted
    told = [recipient_of(account, mailbox) for mailbox in act_mailboxes(account=account)]
    delete_account(account=account, reason="asked-for")
    for recipient in told:
        queue_account_deleted(examiner_id=account.examiner_id, to=recipient)
