"""Answers to acts that take two persons: confirm, refuse, withdraw, do alone after a delay, expire.

How an act is requested is in `asking`. An objection does not end it, or a thief with access to a mailbox could end it;
it makes the second person mandatory. Each function locks the rows of the accounts first and then ends the act by one
conditional UPDATE, so that of two concurrent answers only one counts. The action itself checks all its conditions again
under that lock.
"""

import uuid
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.enums import AccountState, ActOutcome, LinkPurpose, SecurityNews
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.records.errors import ImportUnderWayError
from egzaminator.staff.domain.act_kinds import IMPOSSIBLE, do_act, lock_changed
from egzaminator.staff.domain.act_rows import actor_for, end_act, lock_act, record_act
from egzaminator.staff.domain.independence import is_trusted_alone, may_refuse, require_independent
from egzaminator.staff.domain.notifications import act_mailboxes, notify_of_done
from egzaminator.staff.errors import ActClosedError, NotIndependentError, ObjectionError
from egzaminator.staff.models import Act


def confirm(*, act_id: uuid.UUID, member: Account, ip: str | None = None, knows_objection: bool = False) -> None:
    """Confirm an act as the second person, and carry it out.

    `member` is the staff member who confirms, and `ip` their IP address. `knows_objection` tells whether the page that
    they confirmed on showed an objection. Raise `NotIndependentError` if this member may not confirm it, or
    `ObjectionError` if a mailbox has objected since they looked. Raise `ActClosedError` if the act no longer waits, or
    if it has become impossible; in that case it lapses. Raise `ImportUnderWayError` if records cannot be joined yet.
    """
    with transaction.atomic():
        act = _waiting(act_id, is_to_be_done=True)
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
        end_act(act=act, outcome=ActOutcome.WITHDRAWN if is_asker else ActOutcome.REFUSED, by=member)
        record_act(act=act, tag=Tag.ACT_WITHDRAWN if is_asker else Tag.ACT_REFUSED, by=actor_for(member, ip))
        _notify_of_end(act)


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
                act = _waiting(act_id, is_to_be_done=True)
            except (ActClosedError, ImportUnderWayError):
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
        with transaction.atomic(), suppress(ActClosedError):
            _lapse(lock_act(act_id=act_id))
            count += 1
    return count


def withdraw_asked(*, member: Account, by: Actor) -> None:
    """Withdraw what a staff member asked for and nobody has answered, because they leave. The owners are told."""
    for act_id in Act.objects.filter(asked_by=member, outcome="").order_by("account").values_list("id", flat=True):
        with transaction.atomic(), suppress(ActClosedError):
            act = _waiting(act_id)
            end_act(act=act, outcome=ActOutcome.WITHDRAWN)
            record_act(act=act, tag=Tag.ACT_WITHDRAWN, by=by)
            _notify_of_end(act)


def has_objection(*, act: Act) -> bool:
    """Return whether a mailbox has used its freezing link ("this was not me") since the act was requested."""
    subjects = [act.account_id, *([act.closed_account_id] if act.closed_account_id else ())]
    used = Link.objects.filter(subject__in=subjects, purpose=LinkPurpose.FREEZE, used_at__gte=act.asked_at)
    return used.exists()


def _waiting(act_id: uuid.UUID, *, is_to_be_done: bool = False) -> Act:
    """Lock the accounts of an act that can still be answered, and before them what it changes if it is done.

    Raise `ActClosedError` if it no longer waits, or `ImportUnderWayError`.
    """
    if is_to_be_done:
        lock_changed(act=Act.objects.filter(pk=act_id).first())
    act = lock_act(act_id=act_id)
    if not act.is_waiting:
        raise ActClosedError
    return act


def _carry_out(act: Act, member: Account | None, tag: Tag, ip: str | None) -> bool:
    """End the act and carry it out, in this order of locks. Return whether it was carried out.

    If it has become impossible meanwhile, it lapses instead.
    """
    by = actor_for(member, ip)
    try:
        with transaction.atomic():
            end_act(act=act, outcome=ActOutcome.DONE, by=member)
            do_act(act=act, by=by)
            record_act(act=act, tag=tag, by=by)
            notify_of_done(act=act, by=by)
    except IMPOSSIBLE:
        _lapse(act)
        return False
    return True


def _lapse(act: Act) -> None:
    end_act(act=act, outcome=ActOutcome.LAPSED)
    record_act(act=act, tag=Tag.ACT_LAPSED)
    _notify_of_end(act)


def _notify_of_end(act: Act) -> None:
    for account in act.accounts:
        if account.state == AccountState.CLOSED:
            continue
        for mailbox in act_mailboxes(account=account):
            notify_owner(account=account, news=SecurityNews.ACT_ENDED, mailbox=mailbox)
