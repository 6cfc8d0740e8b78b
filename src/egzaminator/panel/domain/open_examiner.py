import uuid

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.panel.domain.count_look_up import count_look_up
from egzaminator.register.models import Examiner


def open_examiner(*, examiner: Examiner, actor: uuid.UUID, address: str) -> None:
    """Count and record that one of the staff sees where an examiner's account stands, before it is shown.

    Takes the examiner, the staff account and its IP address. Raises LimitReachedError.
    """
    count_look_up(actor=actor, whom=str(examiner.id), address=address)
    record_event(tag=Tag.EXAMINER_LOOKED_UP, actor=actor, subject=examiner.id, address=address)
