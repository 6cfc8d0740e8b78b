from typing import Final

from egzaminator.accounts.domain.look_for_person import look_for_person
from egzaminator.accounts.domain.match_password import find_match
from egzaminator.accounts.domain.name_device import name_device
from egzaminator.accounts.domain.recognise_device import recognise_device
from egzaminator.accounts.domain.renew_hash import renew_hash
from egzaminator.accounts.domain.tell_new_device import tell_new_device
from egzaminator.accounts.hashers import login_place
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.entrance.domain.credentials import NOBODY, Credentials, find_credentials
from egzaminator.entrance.domain.outcomes import AccountOpened, ClaimOpened, FirstLogin, Outcome
from egzaminator.entrance.domain.record_refusal import record_refusal
from egzaminator.entrance.domain.throttle import is_flood, limits_of
from egzaminator.entrance.errors import AccountBlockedError, RefusedError
from egzaminator.kernel.even_time import lasting
from egzaminator.kernel.requests import network_of
from egzaminator.kernel.text import compact
from egzaminator.limits.domain.count_guess import count_guess
from egzaminator.limits.domain.forgive_guesses import forgive_guesses
from egzaminator.limits.domain.guess import Guess

# Minimum duration of the look-up in seconds: two or three times what it takes. The same queries take the database
# longer if they match rows: half a millisecond longer for an examiner with twenty claims.
_LOOKING_UP: Final = 0.01


def log_in(*, name: str, secret: str, address: str, device: str = "", user_agent: str = "") -> Outcome:
    """Return what a login name and a secret open: an account, an open claim or a first login.

    Take the name (PESEL, board-issued identifier or staff e-mail address) and the secret (a password or, at first
    login, a registration number), both as typed; the client's IP address; the token that its browser is known by; and
    its User-Agent header. A right secret is recorded here, whatever the caller makes of it. If the right password comes
    from a browser that the account does not know, the account's owner is notified.

    Raise `RefusedError` for every reason alike, at the same cost: one Argon2id hash, the same queries, one event, the
    same time. Raise `AccountBlockedError` only after the right password. Raise `HashingBusyError` under overload.
    """
    with login_place():
        with lasting(seconds=_LOOKING_UP):
            credentials = find_credentials(name=name)
            limits = limits_of(credentials)
            guess = _guess(credentials, address, device)
            counted = count_guess(limits=limits, guess=guess)
        match = find_match(password=secret, hashes=credentials.hashes, is_flood=is_flood(counted))
    place = match.place if match else None
    outcome = Refusal.THROTTLED if counted.reached else _outcome(credentials, place, secret)
    if isinstance(outcome, Refusal):
        raise RefusedError(case_code=record_refusal(reason=outcome, credentials=credentials, address=address))
    if isinstance(outcome, AccountOpened) and match and match.renewed:
        renew_hash(account=outcome.account, renewed=match.renewed)
    if counted.guesses > 1:
        forgive_guesses(limits=limits, guess=guess)
    match outcome:
        case AccountOpened(account) if not account.is_active:
            record_event(tag=Tag.LOGIN_BLOCKED, subject=account.id, address=address)
            raise AccountBlockedError
        case AccountOpened(account):
            record_event(tag=Tag.PASSWORD_ACCEPTED, subject=account.id, address=address)
            look_for_person(account=account, password=secret)
            if not guess.is_trusted and account.last_login is not None:
                tell_new_device(account=account, device=name_device(user_agent=user_agent), address=address)
        case ClaimOpened(claim):
            record_event(tag=Tag.CLAIM_OPENED, subject=claim.examiner_id, address=address)
        case FirstLogin(entry):
            record_event(tag=Tag.FIRST_LOGIN_ACCEPTED, subject=entry.examiner_id, address=address)
    return outcome


def _guess(credentials: Credentials, address: str, device: str) -> Guess:
    """Return the attempt to count.

    It is counted per network or, if the person has logged in on this device before, per device alone.
    """
    account_id = credentials.account.id if credentials.account else NOBODY
    if recognise_device(account_id=account_id, token=device) is None:
        return Guess(person=credentials.person, source=network_of(address))
    return Guess(person=credentials.person, source=device, is_trusted=True)


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
