import uuid
from dataclasses import dataclass
from datetime import datetime

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.count_look_up import count_look_up
from egzaminator.register.models import Examiner


@dataclass(frozen=True, slots=True)
class Case:
    """What staff see about a case code: a refused log-in, or a page that could not be shown."""

    at: datetime
    reason: Refusal
    examiner: Examiner | None
    account: Account | None
    open_claims: int


def look_up_case(*, case_code: str, actor: uuid.UUID, address: str) -> Case | None:
    """Return the true reason behind a case code, or None if the code is unknown. Count and record the look-up.

    `case_code` is in its normal form, `actor` is the staff account, and `address` its IP address. Raise
    `LimitReachedError` at the limit of look-ups.
    """
    events = Event.objects.filter(case_code=case_code, tag__in=[Tag.LOGIN_REFUSED, Tag.VALUE_UNREADABLE])
    event = events.order_by("-at").first()
    whom = str(event.subject) if event and event.subject else f"case\0{case_code}"
    count_look_up(actor=actor, whom=whom, address=address)
    record_event(tag=Tag.CASE_LOOKED_UP, actor=actor, subject=event.subject if event else None, address=address)
    if event is None:
        return None
    examiner = Examiner.objects.filter(pk=event.subject).first() if event.subject else None
    return Case(
        at=event.at,
        reason=_reason(event),
        examiner=examiner,
        account=Account.objects.filter(examiner=examiner).first() if examiner else None,
        open_claims=examiner.claims.filter(closed_at__isnull=True).count() if examiner else 0,
    )


def _reason(event: Event) -> Refusal:
    return Refusal.UNREADABLE if event.tag == Tag.VALUE_UNREADABLE else Refusal(event.details["reason"])
