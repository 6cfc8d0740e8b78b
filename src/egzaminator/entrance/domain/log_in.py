import datetime
from typing import Final

from egzaminator.accounts.domain.match_password import match_password
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.entrance.domain.credentials import Credentials, find_credentials
from egzaminator.entrance.domain.outcomes import AccountOpened, ClaimOpened, FirstLogin, Outcome
from egzaminator.entrance.errors import AccountBlockedError, RefusedError
from egzaminator.kernel.requests import network_of
from egzaminator.kernel.text import compact
from egzaminator.kernel.tokens import new_case_code
from egzaminator.limits.domain.count_use import count_uses
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

BY_NAME_AND_NETWORK: Final = Limit("login.name-and-network", most=5, period=datetime.timedelta(minutes=1))
# A school's teachers share one address, and all of them log in on the same day.
BY_NETWORK: Final = Limit("login.network", most=300, period=datetime.timedelta(minutes=5))


def log_in(*, name: str, secret: str, address: str) -> Outcome:
    """Find out what a login name and a secret open.

    Takes the name (PESEL, board-issued identifier, staff e-mail), the secret (a password or, at first login, a
    registration number), both as typed, and the client's IP address. Gives the outcome. Raises RefusedError, the same
    for every reason, at the same cost: one Argon2id, the same queries, one event. Raises AccountBlockedError only after
    the right password, and HashingBusyError.
    """
    is_throttled = _is_throttled(name, address)
    credentials = find_credentials(name=name)
    place = match_password(password=secret, hashes=credentials.hashes)
    outcome = _outcome(credentials, place, secret)
    if is_throttled:
        outcome = Refusal.THROTTLED
    if isinstance(outcome, Refusal):
        raise _refused(outcome, credentials, address)
    match outcome:
        case AccountOpened(account) if not account.is_active:
            record_event(tag=Tag.LOGIN_BLOCKED, subject=account.id, address=address)
            raise AccountBlockedError
        case ClaimOpened(claim):
            record_event(tag=Tag.CLAIM_OPENED, subject=claim.examiner_id, address=address)
        case FirstLogin(entry):
            record_event(tag=Tag.FIRST_LOGIN_ACCEPTED, subject=entry.examiner_id, address=address)
    return outcome


def _is_throttled(name: str, address: str) -> bool:
    try:
        network = network_of(address)
        count_uses(uses=[(BY_NETWORK, network), (BY_NAME_AND_NETWORK, f"{compact(name)}\0{network}")])
    except LimitReachedError:
        return True
    return False


def _outcome(credentials: Credentials, place: int | None, secret: str) -> Outcome | Refusal:
    typed = compact(secret)
    entry = next((entry for entry in credentials.entries if entry.number_key == typed), None)
    if credentials.account is not None:
        if place is not None:
            return AccountOpened(credentials.account)
        return Refusal.HAS_ACCOUNT if entry else Refusal.WRONG_PASSWORD
    if place is not None:
        return ClaimOpened(credentials.claims[place])
    if entry is not None:
        return FirstLogin(entry) if entry.is_active else Refusal.STRUCK_OFF
    return Refusal.NO_MATCH if credentials.examiner else Refusal.UNKNOWN


def _refused(reason: Refusal, credentials: Credentials, address: str) -> RefusedError:
    case_code = new_case_code()
    record_event(
        tag=Tag.LOGIN_REFUSED,
        subject=credentials.examiner.id if credentials.examiner else None,
        address=address,
        case_code=case_code,
        details={"reason": reason.value},
    )
    return RefusedError(case_code=case_code)
