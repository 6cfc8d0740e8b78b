import datetime
from typing import Final

from django.utils import timezone

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.entrance.domain.credentials import Credentials
from egzaminator.kernel.encryption import blind_index
from egzaminator.kernel.requests import network_of
from egzaminator.kernel.tokens import case_code_from, new_case_code
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

_HOUR: Final = datetime.timedelta(hours=1)
# Refusals recorded per network. A school's teachers share one IP address, and all of them mistype on the same day.
RECORDED: Final = Limit("login.refused", most=600, period=_HOUR)
_SUMMED_UP: Final = Limit("login.refused.summed-up", most=1, period=2 * _HOUR)


def record_refusal(*, reason: Refusal, credentials: Credentials, address: str) -> str:
    """Record that a log-in was refused, and why; return the case code that staff find the event by.

    Beyond 600 refusals an hour, all further ones from one network share one event and one case code, whoever they
    concern. Otherwise anybody could fill the table with events.
    """
    network = network_of(address)
    try:
        count_use(limit=RECORDED, of=network)
    except LimitReachedError:
        return _sum_up(network, address)
    case_code = new_case_code()
    person = credentials.examiner or credentials.account  # staff have no examiner
    record_event(
        tag=Tag.LOGIN_REFUSED,
        subject=person.id if person else None,
        address=address,
        case_code=case_code,
        details={"reason": reason.value},
    )
    return case_code


def _sum_up(network: str, address: str) -> str:
    """Return the case code that a network's further refusals share in this hour; record their event once."""
    whose = f"{network}\0{timezone.now():%Y-%m-%d %H}"
    case_code = case_code_from(blind_index(whose, purpose="login.refused.summed-up"))
    try:
        count_use(limit=_SUMMED_UP, of=whose)
    except LimitReachedError:
        return case_code
    record_event(
        tag=Tag.LOGIN_REFUSED, address=address, case_code=case_code, details={"reason": Refusal.THROTTLED.value}
    )
    return case_code
