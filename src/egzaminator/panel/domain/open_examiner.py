import uuid

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.panel.domain.count_look_up import count_look_up
from egzaminator.register.models import Examiner


def open_examiner(*, examiner: Examiner, actor: uuid.UUID, address: str) -> None:
    """Count and record that a staff member views an examiner's account, before it is shown.

    `actor` is the staff account and `address` its IP address. Raise `LimitReachedError` at the limit of look-ups.
    """
    count_look_up(actor=actor, whom=str(examiner.id), address=address)
    record_event(tag=Tag.EXAMINER_LOOKED_UP, actor=actor, subject=examiner.id, address=address)
