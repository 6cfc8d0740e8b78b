"""The look-ups of examiners and case codes by staff. Each is counted and recorded, whether it finds anybody or not."""

import datetime
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db import transaction

from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.enums import SecurityNews
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.core.text import compact
from egzaminator.mail.catalogue import queue_many_lookups
from egzaminator.panel.domain.looks import record_look
from egzaminator.rate_limits.domain.counters import Limit, hit, hit_all
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.domain.examiners import examiners_numbered, find_examiner
from egzaminator.register.domain.former_values import examiners_formerly_called
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.notifications import mailboxes_of_inspection

_DAY: Final = datetime.timedelta(days=1)
# A telephone call takes two minutes or more and is about one person. The case code, the search, the page that it leads
# to and whatever is done there count as one look-up. So even the busiest clerk stays far below these limits all day,
# while an attacker with a stolen session would need weeks to read a register of 20,000.
BURST: Final = Limit("panel.lookups.burst", most=60, period=datetime.timedelta(minutes=10))
DAILY: Final = Limit("panel.lookups.daily", most=500, period=_DAY)
# Keeping the register takes more: lists are read, and whole files are compared with it.
_LOOK_UP_MANY: Final = "staff.look_up_many"
_SEEN: Final = Limit("panel.lookups.seen", most=1, period=BURST.period)
_WARNING: Final = Limit("panel.lookups.warning", most=1, period=_DAY)
_HALF: Final = Limit("panel.lookups.half", most=1, period=_DAY)


def find_examiner_for_staff(*, asked: str, by: Actor) -> Examiner | None:
    """Find the examiner whom staff want to help. Count and record the look-up, whether anybody is found or not.

    `asked` is a PESEL, a board-issued identifier or a registration number as typed, or a former PESEL or identifier.
    `by` is the staff account with its IP address. Return None if nobody is found. Raise `LimitReachedError` at the
    limit of look-ups.
    """
    examiner = (
        find_examiner(name=asked)
        or examiners_numbered(number=asked).first()
        or examiners_formerly_called(name=asked).first()
    )
    if examiner is None:
        record_miss(asked=asked, by=by)
    else:
        record_view(examiner=examiner, by=by)
    return examiner


def record_miss(*, asked: str, by: Actor) -> None:
    """Count and record that a staff member is told that the register does not have whom they typed.

    Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=f"asked\0{compact(asked)}")
    record_look(tag=Tag.EXAMINER_LOOKED_UP, by=by, subject=None)


def record_view(*, examiner: Examiner, by: Actor) -> None:
    """Count and record that a staff member views an examiner's account, before it is shown.

    `by` is the staff account with its IP address. Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=str(examiner.id))
    record_look(tag=Tag.EXAMINER_LOOKED_UP, by=by, subject=examiner.id)


def hit_lookup_limit(*, by: Actor, whom: str) -> None:
    """Count a staff member's look-up of a person against the rate limits, before anything is shown or done.

    `by` is the staff account with its IP address. `whom` is any text that identifies the person looked at, a search
    without a result, or a page of a list. A second look-up of the same `whom` within ten minutes is not counted again,
    however it was reached.

    Raise `LimitReachedError` at a limit. Each such attempt is recorded as an event. Once a day an e-mail also goes to
    the staff member's own mailbox with a link that freezes their account, because an attacker may be logged in to it.
    Past half a limit, the inspectors are told, once a day.
    """
    member = Account.objects.get(pk=str(by.account_id))
    limits = _limits_of(member)
    try:
        # A refusal rolls back all counters. Otherwise the person would count as seen, and a second try would succeed.
        with transaction.atomic():
            if _is_new(by, whom):
                counts = hit_all(uses=[(limit, str(member.id)) for limit in limits])
                if any(counts[limit.name] * 2 > limit.most for limit in limits):
                    _notify_inspectors(member)
    except LimitReachedError:
        record_event(tag=Tag.LOOKUPS_CAPPED, by=by, subject=member.id)
        _warn(member)
        raise


def _limits_of(member: Account) -> tuple[Limit, Limit]:
    if not member.has_perm(_LOOK_UP_MANY):
        return BURST, DAILY
    return replace(BURST, most=settings.RECORDS_LOOKUPS_BURST), replace(DAILY, most=settings.RECORDS_LOOKUPS_DAILY)


def _is_new(by: Actor, whom: str) -> bool:
    try:
        hit(limit=_SEEN, of=f"{by.account_id}\0{whom}")
    except LimitReachedError:
        return False
    return True


def _is_first_today(limit: Limit, member: Account) -> bool:
    try:
        with transaction.atomic():
            hit(limit=limit, of=str(member.id))
    except LimitReachedError:
        return False
    return True


def _warn(member: Account) -> None:
    if _is_first_today(_WARNING, member):
        with transaction.atomic():
            notify_owner(account=member, news=SecurityNews.LOOKUPS)


def _notify_inspectors(member: Account) -> None:
    if _is_first_today(_HALF, member):
        for mailbox in mailboxes_of_inspection():
            queue_many_lookups(account_id=member.id, mailbox=mailbox, name=member.display_name)


@dataclass(frozen=True, slots=True)
class Case:
    """What staff see about a case code: a refused log-in, or a page that could not be shown."""

    at: datetime.datetime
    reason: Refusal
    examiner: Examiner | None
    account: Account | None
    open_claims: int


def find_case(*, case_code: str, by: Actor) -> Case | None:
    """Return the true reason behind a case code, or None if the code is unknown. Count and record the look-up.

    `case_code` is in its normal form, and `by` is the staff account with its IP address. Raise `LimitReachedError` at
    the limit of look-ups.
    """
    events = Event.objects.filter(case_code=case_code, tag__in=[Tag.LOGIN_REFUSED, Tag.VALUE_UNDECRYPTABLE])
    event = events.order_by("-at").first()
    whom = str(event.subject) if event and event.subject else f"case\0{case_code}"
    hit_lookup_limit(by=by, whom=whom)
    record_look(tag=Tag.CASE_LOOKED_UP, by=by, subject=event.subject if event else None)
    if event is None:
        return None
    examiner = Examiner.objects.filter(pk=event.subject, taken_back_at=None).first() if event.subject else None
    return Case(
        at=event.at,
        reason=_reason(event),
        examiner=examiner,
        account=Account.objects.filter(examiner=examiner).first() if examiner else None,
        open_claims=examiner.claims.filter(closed_at__isnull=True).count() if examiner else 0,
    )


def _reason(event: Event) -> Refusal:
    return Refusal.UNREADABLE if event.tag == Tag.VALUE_UNDECRYPTABLE else Refusal(event.details["reason"])
