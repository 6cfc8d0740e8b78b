"""Acts that take two persons: request, confirm, refuse, withdraw, do alone after a delay, expire.

Every request is announced to the owner's known mailboxes. From there the owner can object by the link that freezes the
account. An objection does not end the act, or a thief with access to a mailbox could end it; it makes the second person
mandatory. Each function locks the account's row first and then ends the act by one conditional UPDATE, so that of two
concurrent answers only one counts. The action itself checks all its conditions again under that lock.
"""

import datetime
import uuid
from contextlib import suppress
from typing import Final

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.domain.mailboxes import is_among, known_mailboxes
from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.enums import AccountState, ActKind, ActOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.staff.domain.act_kinds import IMPOSSIBLE, do_act, require_possible
from egzaminator.staff.domain.alone import may_ask_alone
from egzaminator.staff.domain.independence import is_own, is_trusted_alone, may_refuse, require_independent
from egzaminator.staff.domain.notifications import act_mailboxes, notify_act, notify_of_done
from egzaminator.staff.errors import (
    ActClosedError,
    ActWaitsError,
    AloneNotAllowedError,
    AskedTooOftenError,
    NobodyToTellError,
    NotIndependentError,
    ObjectionError,
    OwnAccountError,
)
from egzaminator.staff.models import ALONE_AFTER, Act

# A limit for an account, over all staff together. Each request and each end of an act sends e-mails to the owner.
# Repeated requests and withdrawals would fill the mailbox and teach the owner to ignore such e-mails. An
# administrator's command does not count: it is the way out when one of the staff has used up the limit. Every request
# that passes is announced to the owner.
ASKS: Final = Limit("staff.asks", most=3, period=datetime.timedelta(days=1))


def ask(
    *,
    kind: ActKind,
    account: Account,
    reason: str,
    email: str = "",
    member: Account | None = None,
    ip: str | None = None,
    is_alone: bool = False,
) -> Act:
    """Request an act, and notify every known mailbox of the account.

    `reason` is what staff typed. `email` is the mailbox to give the account to ("" means the present one), or the
    corrected address. `member` is the staff member who asks; None means an administrator, by command. `ip` is the
    member's IP address. With `is_alone`, the act is done after 48 hours without a second person, unless a mailbox
    objects; in the panel, the board's setting decides whether that may be asked, and never about a colleague.

    Raise `OwnAccountError`, `ActWaitsError`, `AloneNotAllowedError`, `NobodyToTellError` or `AskedTooOftenError` if the
    request is not allowed. Raise `NotFrozenError`, `AccountClosedError`, `UnknownMailboxError`, `NoSecondFactorError`
    or `SameEmailError` if the act is impossible.
    """
    if member is not None and is_own(account=account, member=member, email=email):
        raise OwnAccountError
    with transaction.atomic():
        account = lock_account(account_id=account.id)
        if is_alone and member is not None and (account.is_staff or not may_ask_alone(member=member)):
            raise AloneNotAllowedError
        if kind == ActKind.GIVE_BACK:
            email = email or account.email
        require_possible(kind=kind, account=account, email=email)
        waiting = Act.objects.filter(account=account, outcome="").first()
        if waiting is not None:
            if waiting.is_waiting:
                raise ActWaitsError
            _end(waiting, ActOutcome.LAPSED)
            record_event(tag=Tag.ACT_LAPSED, subject=account.id, details={"kind": waiting.kind})
        if is_alone:
            _require_objectors(account, email)
        if member is not None:
            _count_ask(account)
        text = keep_text(text=reason, subject=account.id, by=_actor(member, ip))
        act = Act.objects.create(
            kind=kind,
            account=account,
            email=email,
            reason=text,
            asked_by=member,
            is_by_command=member is None,
            alone_at=timezone.now() + ALONE_AFTER if is_alone else None,
        )
        record_event(
            tag=Tag.ACT_ASKED,
            by=_actor(member, ip),
            subject=account.id,
            details={"kind": kind.value, "act": str(act.id)},
            reason=text,
        )
        notify_act(act=act, account=account, by=_actor(member, ip))
    return act


def confirm(*, act_id: uuid.UUID, member: Account, ip: str | None = None, knows_objection: bool = False) -> None:
    """Confirm an act as the second person, and carry it out.

    `member` is the staff member who confirms, and `ip` their IP address. `knows_objection` tells whether the page that
    they confirmed on showed an objection. Raise `NotIndependentError` if this member may not confirm it, or
    `ObjectionError` if a mailbox has objected since they looked. Raise `ActClosedError` if the act no longer waits, or
    if it has become impossible; in that case it lapses.
    """
    with transaction.atomic():
        act = _waiting(act_id)
        require_independent(act=act, member=member)
        if not knows_objection and has_objection(act=act):
            raise ObjectionError
        is_done = _carry_out(act, member, Tag.ACT_CONFIRMED, ip)
    if not is_done:
        raise ActClosedError


def refuse(*, act_id: uuid.UUID, member: Account, ip: str | None = None) -> None:
    """Refuse an act or, as the member who requested it, withdraw it.

    A refusal opens nothing, so any staff member may refuse an act that is not about themselves. Otherwise an act
    requested by somebody who has left the staff would block the account for days. Raise `ActClosedError` or
    `NotIndependentError`.
    """
    with transaction.atomic():
        act = _waiting(act_id)
        is_asker = act.asked_by_id == member.id
        if not may_refuse(act=act, member=member):
            raise NotIndependentError
        _end(act, ActOutcome.WITHDRAWN if is_asker else ActOutcome.REFUSED, by=member)
        _record(act, Tag.ACT_WITHDRAWN if is_asker else Tag.ACT_REFUSED, member, ip)
        _notify_of_end(act.account)


def do_alone() -> int:
    """Carry out the acts that one person requested alone 48 hours ago and no mailbox objected to.

    Whoever asked in the panel must still be trusted: an account that was frozen, lost its role or was deleted meanwhile
    does nothing alone. Return the number of acts.
    """
    count = 0
    due = Act.objects.filter(outcome="", alone_at__lte=timezone.now(), expires_at__gt=timezone.now())
    for act_id in due.values_list("id", flat=True):
        with transaction.atomic():
            try:
                act = _waiting(act_id)
            except ActClosedError:
                continue
            is_trusted = act.is_by_command if act.asked_by is None else is_trusted_alone(act.asked_by)
            if act.alone_at is None or not is_trusted or has_objection(act=act):
                continue
            count += _carry_out(act, None, Tag.ACT_WAITED, None)
    return count


def end_lapsed() -> int:
    """End the acts that nobody answered in seven days, and notify the owners. Return the number of acts."""
    count = 0
    for act_id in Act.objects.filter(outcome="", expires_at__lte=timezone.now()).values_list("id", flat=True):
        with transaction.atomic():
            account = lock_account(account_id=Act.objects.values_list("account_id", flat=True).get(pk=act_id))
            act = Act.objects.filter(pk=act_id, outcome="").first()
            if act is not None:
                _lapse(act, account)
                count += 1
    return count


def withdraw_asked(*, member: Account, by: Actor) -> None:
    """Withdraw what a staff member asked for and nobody has answered, because they leave. The owners are told."""
    for act_id in Act.objects.filter(asked_by=member, outcome="").order_by("account").values_list("id", flat=True):
        with transaction.atomic(), suppress(ActClosedError):
            act = _waiting(act_id)
            _end(act, ActOutcome.WITHDRAWN)
            record_event(
                tag=Tag.ACT_WITHDRAWN, by=by, subject=act.account_id, details={"kind": act.kind, "act": str(act.id)}
            )
            _notify_of_end(act.account)


def has_objection(*, act: Act) -> bool:
    """Return whether a mailbox has used its freezing link ("this was not me") since the act was requested."""
    used = Link.objects.filter(subject=act.account_id, purpose=LinkPurpose.FREEZE, used_at__gte=act.asked_at)
    return used.exists()


def _waiting(act_id: uuid.UUID) -> Act:
    """Lock the account of an act, and return the act as it is under the lock.

    Raise `ActClosedError` if it no longer waits.
    """
    act = Act.objects.filter(pk=act_id).only("account_id").first()
    if act is None:
        raise ActClosedError
    account = lock_account(account_id=act.account_id)
    act = Act.objects.select_related("asked_by").get(pk=act_id)
    act.account = account
    if not act.is_waiting:
        raise ActClosedError
    return act


def _require_objectors(account: Account, email: str) -> None:
    known = known_mailboxes(account=account, asked_by=None)
    if all(is_among(mailbox, [email]) for mailbox in known):
        raise NobodyToTellError


def _count_ask(account: Account) -> None:
    try:
        hit(limit=ASKS, of=str(account.id))
    except LimitReachedError:
        raise AskedTooOftenError from None


def _carry_out(act: Act, member: Account | None, tag: Tag, ip: str | None) -> bool:
    """End the act and carry it out, in this order of locks. Return whether it was carried out.

    If it has become impossible meanwhile, it lapses instead.
    """
    try:
        with transaction.atomic():
            _end(act, ActOutcome.DONE, by=member)
            do_act(act=act, by=_actor(member, ip))
            _record(act, tag, member, ip)
            notify_of_done(act=act, by=_actor(member, ip))
    except IMPOSSIBLE:
        _lapse(act, act.account)
        return False
    return True


def _actor(member: Account | None, ip: str | None) -> Actor:
    return Actor(member.id if member else None, ip)


def _end(act: Act, outcome: ActOutcome, by: Account | None = None) -> None:
    """End an act by one conditional UPDATE. Raise `ActClosedError` if a concurrent answer ended it first."""
    now = timezone.now()
    if not Act.objects.filter(pk=act.pk, outcome="").update(outcome=outcome, answered_at=now, answered_by=by):
        raise ActClosedError


def _lapse(act: Act, account: Account) -> None:
    _end(act, ActOutcome.LAPSED)
    record_event(tag=Tag.ACT_LAPSED, subject=account.id, details={"kind": act.kind, "act": str(act.id)})
    if account.state != AccountState.CLOSED:
        _notify_of_end(account)


def _record(act: Act, tag: Tag, member: Account | None, ip: str | None) -> None:
    record_event(
        tag=tag,
        by=_actor(member, ip),
        subject=act.account_id,
        details={"kind": act.kind, "act": str(act.id)},
    )


def _notify_of_end(account: Account) -> None:
    for mailbox in act_mailboxes(account=account):
        notify_owner(account=account, news=SecurityNews.ACT_ENDED, mailbox=mailbox)
