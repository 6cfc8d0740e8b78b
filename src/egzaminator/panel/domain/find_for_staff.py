import uuid

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.text import compact, has_forbidden_characters
from egzaminator.panel.domain.count_look_up import count_look_up
from egzaminator.register.domain.find_examiner import find_examiner
from egzaminator.register.models import Examiner


def find_for_staff(*, asked: str, actor: uuid.UUID, address: str) -> Examiner | None:
    """Find the examiner whom staff want to help. Count and record the look-up, whether anybody is found or not.

    `asked` is a PESEL, a board-issued identifier or a registration number as typed, `actor` the staff account, and
    `address` its IP address. Return None if nobody is found. Raise `LimitReachedError` at the limit of look-ups.
    """
    examiner = find_examiner(name=asked) or _by_number(asked)
    count_look_up(actor=actor, whom=str(examiner.id) if examiner else f"asked\0{compact(asked)}", address=address)
    record_event(tag=Tag.EXAMINER_LOOKED_UP, actor=actor, subject=examiner.id if examiner else None, address=address)
    return examiner


def _by_number(asked: str) -> Examiner | None:
    key = compact(asked)
    return None if has_forbidden_characters(key) else Examiner.objects.filter(entries__number_key=key).first()
