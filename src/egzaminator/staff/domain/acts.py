"""Acts by two persons: asked for, confirmed, refused, taken back, done alone after a time, or lapsed.

Every one is told to the owner's known mailboxes when it is asked for. Whoever says there that it was not them (by the
link that freezes the account) does not end the case, or a thief with a mailbox could: they make the second person
needed. Each function locks the account first and then ends the act by one conditional UPDATE, so that of two answers
one counts; what is done looks at all conditions again under that lock.
"""

import datetime
import uuid
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone

from egzaminator.accounts.domain.mailboxes import is_among, known_mailboxes, mailboxes_to_tell
from egzaminator.accounts.domain.reset_second_factor import reset_second_factor
from egzaminator.accounts.domain.tell_owner import tell_owner
from egzaminator.accounts.domain.unfreeze_account import require_frozen, unfreeze_account
from egzaminator.accounts.enums import AccountState, ActKind, ActOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.errors import (
    AccountClosedError,
    NoFactorError,
    NotFrozenError,
    StrangeAddressError,
)
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.staff.domain.independence import is_own, may_refuse, require_independent
from egzaminator.staff.domain.tell_act import tell_act
from egzaminator.staff.errors import (
    ActClosedError,
    ActWaitsError,
    AskedTooOftenError,
    NobodyToTellError,
    NotIndependentError,
    OwnAccountError,
)
from egzaminator.staff.models import ALONE_AFTER, Act

# Each ask tells the owner, and so does each end: asking and taking back over and over would fill the mailbox, and teach
# the owner to look away. By all of the staff together. An administrator's command does not count: it is the way out
# once one of the staff has used the asks up. Whatever was asked is told.
ASKS: Final = Limit("staff.asks", most=3, period=datetime.timedelta(days=1))
_CHANGED = (NotFrozenError, AccountClosedError, StrangeAddressError, NoFactorError, IntegrityError)


def ask(
    *,
    kind: ActKind,
    account: Account,
    reason: str,
    email: str = "",
    actor: Account | None = None,
    address: str | None = None,
    is_alone: bool = False,
) -> Act:
    """Ask for an act, and tell every known mailbox of the account.

    Take the kind; the account; why (no personal data); the mailbox to give the account to ("": the present one); who of
    the staff asks (None: an administrator, by command) and their IP address; and whether to do it after 48 hours
    without a second person, unless a mailbox objects. Raise OwnAccountError, ActWaitsError, NobodyToTellError,
    AskedTooOftenError, and what makes the act impossible: NotFrozenError, AccountClosedError, StrangeAddressError,
    NoFactorError.
    """
    if actor is not None and is_own(account=account, member=actor):
        raise OwnAccountError
    with transaction.atomic():
        account = _lock(account.id)
        email = (email or account.email) if kind == ActKind.GIVE_BACK else ""
        _require_possible(kind, account, email)
        waiting = Act.objects.filter(account=account, outcome="").first()
        if waiting is not None:
            if waiting.is_waiting:
                raise ActWaitsError
            _end(waiting, ActOutcome.LAPSED)
            record_event(tag=Tag.ACT_LAPSED, subject=account.id, details={"kind": waiting.kind})
        if is_alone:
            _require_objectors(account, email)
        if actor is not None:
            _count_ask(account)
        act = Act.objects.create(
            kind=kind,
            account=account,
            email=email,
            reason=reason,
            asked_by=actor,
            is_by_command=actor is None,
            alone_at=timezone.now() + ALONE_AFTER if is_alone else None,
        )
        record_event(
            tag=Tag.ACT_ASKED,
            actor=actor.id if actor else None,
            subject=account.id,
            address=address,
            details={"kind": kind.value, "reason": reason, "act": str(act.id)},
        )
        tell_act(act=act, account=account)
    return act


def confirm(*, act_id: uuid.UUID, actor: Account, address: str | None = None) -> None:
    """Do, as a second person, what another asked for.

    Take the act, who of the staff confirms, and their IP address. Raise NotIndependentError; ActClosedError when it
    waits no more, or when it can't be done any more, by which it lapses.
    """
    with transaction.atomic():
        act = _waiting(act_id)
        require_independent(act=act, member=actor)
        is_done = _carry_out(act, actor, Tag.ACT_CONFIRMED, address)
    if not is_done:
        raise ActClosedError


def refuse(*, act_id: uuid.UUID, actor: Account, address: str | None = None) -> None:
    """Refuse an act, or take it back as who asked for it.

    Refusing opens nothing: anybody of the staff may, whom it is not about. What was asked by somebody who is staff no
    longer would otherwise stand in the way for days. Raise ActClosedError, NotIndependentError.
    """
    with transaction.atomic():
        act = _waiting(act_id)
        is_asker = act.asked_by_id == actor.id
        if not may_refuse(act=act, member=actor):
            raise NotIndependentError
        _end(act, ActOutcome.WITHDRAWN if is_asker else ActOutcome.REFUSED, by=actor)
        _record(act, Tag.ACT_WITHDRAWN if is_asker else Tag.ACT_REFUSED, actor, address)
        _tell_end(act.account)


def do_alone() -> int:
    """Do what an administrator asked for alone, where 48 hours went by and no mailbox objected; return how many."""
    count = 0
    due = Act.objects.filter(outcome="", alone_at__lte=timezone.now(), expires_at__gt=timezone.now())
    for act_id in due.values_list("id", flat=True):
        with transaction.atomic():
            try:
                act = _waiting(act_id)
            except ActClosedError:
                continue
            if act.alone_at is None or has_objection(act=act):
                continue
            count += _carry_out(act, None, Tag.ACT_WAITED, None)
    return count


def end_lapsed() -> int:
    """End the acts that nobody answered in seven days, and tell the owners; return how many."""
    count = 0
    for act_id in Act.objects.filter(outcome="", expires_at__lte=timezone.now()).values_list("id", flat=True):
        with transaction.atomic():
            account = _lock(Act.objects.values_list("account_id", flat=True).get(pk=act_id))
            act = Act.objects.filter(pk=act_id, outcome="").first()
            if act is not None:
                _lapse(act, account)
                count += 1
    return count


def has_objection(*, act: Act) -> bool:
    """Return whether a mailbox has said, since the act was asked for, that it was not its owner."""
    used = Link.objects.filter(subject=act.account_id, purpose=LinkPurpose.FREEZE, used_at__gte=act.asked_at)
    return used.exists()


def _lock(account_id: uuid.UUID) -> Account:
    return Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account_id)


def _waiting(act_id: uuid.UUID) -> Act:
    """Lock the account of an act, and return the act as it is then. Raise ActClosedError."""
    act = Act.objects.filter(pk=act_id).only("account_id").first()
    if act is None:
        raise ActClosedError
    account = _lock(act.account_id)
    act = Act.objects.select_related("asked_by").get(pk=act_id)
    act.account = account
    if not act.is_waiting:
        raise ActClosedError
    return act


def _require_possible(kind: ActKind, account: Account, email: str) -> None:
    if kind == ActKind.GIVE_BACK:
        require_frozen(account=account, email=email)
        return
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if not Authenticator.objects.filter(user=account).exists():
        raise NoFactorError


def _require_objectors(account: Account, email: str) -> None:
    known = known_mailboxes(account=account, asked_by=None)
    if all(is_among(mailbox, [email]) for mailbox in known):
        raise NobodyToTellError


def _count_ask(account: Account) -> None:
    try:
        count_use(limit=ASKS, of=str(account.id))
    except LimitReachedError:
        raise AskedTooOftenError from None


def _carry_out(act: Act, actor: Account | None, tag: Tag, address: str | None) -> bool:
    """Do the act and end it, in this order of locks; lapse it where things have changed. Return whether it was done."""
    try:
        with transaction.atomic():
            _end(act, ActOutcome.DONE, by=actor)
            _do(act, actor, address)
            _record(act, tag, actor, address)
    except _CHANGED:
        _lapse(act, act.account)
        return False
    return True


def _do(act: Act, actor: Account | None, address: str | None) -> None:
    by = actor.id if actor else None
    if act.kind == ActKind.GIVE_BACK:
        unfreeze_account(
            account=act.account, reason=act.reason, email=act.email, actor=by, address=address, is_agreed=True
        )
    else:
        _require_possible(ActKind.RESET_FACTOR, act.account, "")
        reset_second_factor(account=act.account, reason=act.reason, actor=by, address=address)


def _end(act: Act, outcome: ActOutcome, by: Account | None = None) -> None:
    """End an act by one conditional UPDATE. Raise ActClosedError when another was first."""
    now = timezone.now()
    if not Act.objects.filter(pk=act.pk, outcome="").update(outcome=outcome, answered_at=now, answered_by=by):
        raise ActClosedError


def _lapse(act: Act, account: Account) -> None:
    _end(act, ActOutcome.LAPSED)
    record_event(tag=Tag.ACT_LAPSED, subject=account.id, details={"kind": act.kind, "act": str(act.id)})
    if account.state != AccountState.CLOSED:
        _tell_end(account)


def _record(act: Act, tag: Tag, actor: Account | None, address: str | None) -> None:
    record_event(
        tag=tag,
        actor=actor.id if actor else None,
        subject=act.account_id,
        address=address,
        details={"kind": act.kind, "act": str(act.id)},
    )


def _tell_end(account: Account) -> None:
    for mailbox in mailboxes_to_tell(account=account):
        tell_owner(account=account, news=SecurityNews.ACT_ENDED, mailbox=mailbox)
