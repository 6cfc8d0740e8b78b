"""The request of an act that takes two persons.

Every request is announced to the owner's known mailboxes. From there the owner can object by the link that freezes the
account. How an act is answered is in `acts`.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.mailboxes import is_among, known_mailboxes
from egzaminator.accounts.enums import ActKind, ActOutcome
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.records.domain.joining_accounts import lock_both, require_joinable
from egzaminator.records.domain.shown import Shown
from egzaminator.staff.domain.act_kinds import WHOLE_RECORD, require_possible
from egzaminator.staff.domain.act_rows import actor_for, end_act, lock_accounts, record_act, unanswered_acts
from egzaminator.staff.domain.alone import may_ask_alone
from egzaminator.staff.domain.independence import is_own, is_own_record
from egzaminator.staff.domain.notifications import notify_act
from egzaminator.staff.errors import (
    ActWaitsError,
    AloneNotAllowedError,
    AskedTooOftenError,
    NobodyToTellError,
    OwnAccountError,
)
from egzaminator.staff.models import ALONE_AFTER, Act

# A limit for an account, over all staff together. Each request and each end of an act sends e-mails to the owner.
# Repeated requests and withdrawals would fill the mailbox and teach the owner to ignore such e-mails. An
# administrator's command does not count: it is the way out when one of the staff has used up the limit. Every request
# that passes is announced to the owner.
ASKS: Final = Limit("staff.asks", most=3, period=datetime.timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a request to join the account that stays with the owner's other one says besides."""

    closed: Account
    """The account that is closed."""
    kept_id: uuid.UUID
    """The id of the record that everything is moved to: that of one of the two accounts."""
    shown: Shown
    """What the form showed of both records."""


def ask(
    *,
    kind: ActKind,
    account: Account,
    reason: str,
    email: str = "",
    joining: Joining | None = None,
    member: Account | None = None,
    ip: str | None = None,
    is_alone: bool = False,
) -> Act:
    """Request an act, and notify every known mailbox of the account or, of a joining, of both accounts.

    `reason` is what staff typed. `email` is the mailbox to give the account to ("" means the present one), or the
    corrected address. `joining` is given for a joining alone; `account` is then the one that stays. `member` is the
    staff member who asks; None means an administrator, by command. `ip` is the member's IP address. With `is_alone`,
    the act is done after 48 hours without a second person, unless a mailbox objects; in the panel, the board's setting
    decides whether that may be asked, and never about a colleague. A deletion is never done alone.

    Raise `OwnAccountError`, `ActWaitsError`, `AloneNotAllowedError`, `NobodyToTellError` or `AskedTooOftenError` if the
    request is not allowed. Raise `NotFrozenError`, `AccountClosedError`, `UnknownMailboxError`, `NoSecondFactorError`,
    `SameEmailError` or, of a joining, `ImportUnderWayError` or those of `require_joinable` if the act is impossible.
    """
    accounts = [account, joining.closed] if joining else [account]
    if member is not None:
        _require_not_own(accounts, member, email, kind=kind)
    with transaction.atomic():
        if joining:
            lock_both(account_ids=[one.id for one in accounts])
        locked = lock_accounts(account_ids={one.id for one in accounts})
        accounts = [locked[one.id] for one in accounts]
        account = accounts[0]
        may_be_alone = kind != ActKind.DELETE and (
            member is None or (not account.is_staff and may_ask_alone(member=member))
        )
        if is_alone and not may_be_alone:
            raise AloneNotAllowedError
        if kind == ActKind.GIVE_BACK:
            email = email or account.email
        if joining:
            require_joinable(staying=account, closed=accounts[1], kept_id=joining.kept_id, shown=joining.shown)
        else:
            require_possible(kind=kind, account=account, email=email)
        _end_older(accounts)
        if is_alone:
            _require_objectors(accounts, email)
        if member is not None:
            _count_ask(accounts)
        text = keep_text(text=reason, subject=account.id, by=actor_for(member, ip))
        act = Act.objects.create(
            kind=kind,
            account=account,
            closed_account=accounts[1] if joining else None,
            kept_id=joining.kept_id if joining else None,
            email=email,
            reason=text,
            asked_by=member,
            is_by_command=member is None,
            alone_at=timezone.now() + ALONE_AFTER if is_alone else None,
        )
        record_act(act=act, tag=Tag.ACT_ASKED, by=actor_for(member, ip), reason=text)
        notify_act(act=act, by=actor_for(member, ip))
    return act


def _require_not_own(accounts: Iterable[Account], member: Account, email: str, *, kind: ActKind) -> None:
    for account in accounts:
        is_whole = kind in WHOLE_RECORD
        is_record = is_whole and account.examiner and is_own_record(examiner=account.examiner, member=member)
        if is_record or is_own(account=account, member=member, email=email):
            raise OwnAccountError


def _end_older(accounts: Iterable[Account]) -> None:
    for act in unanswered_acts(accounts=accounts):
        if act.is_waiting:
            raise ActWaitsError
        end_act(act=act, outcome=ActOutcome.LAPSED)
        record_act(act=act, tag=Tag.ACT_LAPSED)


def _require_objectors(accounts: Iterable[Account], email: str) -> None:
    for account in accounts:
        known = known_mailboxes(account=account, asked_by=None)
        if all(is_among(mailbox, [email]) for mailbox in known):
            raise NobodyToTellError


def _count_ask(accounts: Iterable[Account]) -> None:
    try:
        for account in accounts:
            hit(limit=ASKS, of=str(account.id))
    except LimitReachedError:
        raise AskedTooOftenError from None
