"""The log-in: what a name and a secret open, its rate limits, and the record of a refusal."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from egzaminator.accounts.domain.devices import name_device, recognise_device
from egzaminator.accounts.domain.notifications import notify_new_device
from egzaminator.accounts.domain.password_matching import find_match, renew_hash
from egzaminator.accounts.domain.passwords import check_for_personal_password
from egzaminator.accounts.hashers import login_slot
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.core.encryption import blind_index
from egzaminator.core.minimum_duration import minimum_duration
from egzaminator.core.requests import network_of
from egzaminator.core.text import compact
from egzaminator.core.tokens import case_code_from, new_case_code
from egzaminator.login.domain.candidates import NOBODY, LoginCandidates, find_candidates
from egzaminator.login.errors import AccountBlockedError, RefusedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.attempts import (
    Attempt,
    AttemptLimits,
    Backoff,
    Counted,
    record_attempt,
    reset_attempts,
)
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.models import Entry


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The secret is the password of an account."""

    account: Account


@dataclass(frozen=True, slots=True)
class ClaimOpened:
    """The secret is the password of an open claim, which waits for activation."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """The secret is an active registration number of an examiner without an account."""

    entry: Entry


Outcome = AccountOpened | ClaimOpened | FirstLogin


_DAY: Final = datetime.timedelta(days=1)
_BURST: Final = Limit("login.burst", most=5, period=datetime.timedelta(minutes=1))
_DAILY: Final = "login.daily"
# Persons new to one network. A school's teachers share one IP address, and all of them log in on the same day.
_DISTINCT_ACCOUNTS: Final = Limit("login.distinct-accounts", most=300, period=datetime.timedelta(hours=1))
_BACKOFF: Final = Backoff(
    "login.backoff",
    free=5,
    longest=datetime.timedelta(seconds=30),
    forgotten_after=datetime.timedelta(hours=1),
)

# The daily limit is the number of consecutive wrong passwords that NIST SP 800-63B-4 (3.2.2) allows.
LOGIN: Final = AttemptLimits(
    burst=_BURST, daily=Limit(_DAILY, most=100, period=_DAY), distinct_accounts=_DISTINCT_ACCOUNTS, backoff=_BACKOFF
)
# The daily limit is lower, because registration numbers are short and issued in sequence.
FIRST_LOGIN: Final = AttemptLimits(
    burst=_BURST, daily=Limit(_DAILY, most=10, period=_DAY), distinct_accounts=_DISTINCT_ACCOUNTS, backoff=_BACKOFF
)
_HOUR: Final = datetime.timedelta(hours=1)
# Refusals recorded per network. A school's teachers share one IP address, and all of them mistype on the same day.
RECORDED: Final = Limit("login.refused", most=600, period=_HOUR)
_SUMMED_UP: Final = Limit("login.refused.summed-up", most=1, period=2 * _HOUR)
# Minimum duration of the look-up in seconds: two or three times what it takes. The same queries take the database
# longer if they match rows: half a millisecond longer for an examiner with twenty claims.
_LOOKING_UP: Final = 0.01


def log_in(*, name: str, secret: str, ip: str, device: str = "", user_agent: str = "") -> Outcome:
    """Return what a login name and a secret open: an account, an open claim or a first login.

    `name` is a PESEL, a board-issued identifier or a staff e-mail address, and `secret` a password or, at first login,
    a registration number, both as typed. `device` is the token that the browser is known by, and `user_agent` its
    header. A right secret is recorded here, whatever the caller makes of it. If the right password comes from a browser
    that the account does not know, the account's owner is notified.

    Raise `RefusedError` for every reason alike, at the same cost: one Argon2id hash, the same queries, one event, the
    same time. Raise `AccountBlockedError` only after the right password. Raise `OverloadError` under overload.
    """
    with login_slot():
        with minimum_duration(seconds=_LOOKING_UP):
            candidates = find_candidates(name=name)
            limits = limits_of(candidates)
            attempt = _attempt(candidates, ip, device)
            counted = record_attempt(limits=limits, attempt=attempt)
        match = find_match(password=secret, hashes=candidates.hashes, is_throttled=is_throttled(counted))
    index = match.index if match else None
    outcome = Refusal.THROTTLED if counted.reached else _outcome(candidates, index, secret)
    if isinstance(outcome, Refusal):
        raise RefusedError(case_code=record_refusal(reason=outcome, candidates=candidates, ip=ip))
    if isinstance(outcome, AccountOpened) and match and match.renewed:
        renew_hash(account=outcome.account, renewed=match.renewed)
    if counted.attempts > 1:
        reset_attempts(limits=limits, attempt=attempt)
    match outcome:
        case AccountOpened(account) if not account.is_active:
            record_event(tag=Tag.LOGIN_BLOCKED, subject=account.id, by=Actor(ip=ip))
            raise AccountBlockedError
        case AccountOpened(account):
            record_event(tag=Tag.PASSWORD_ACCEPTED, subject=account.id, by=Actor(ip=ip))
            numbers = [entry.number for entry in candidates.entries]
            check_for_personal_password(account=account, password=secret, numbers=numbers)
            if not attempt.is_trusted and account.last_login is not None:
                notify_new_device(account=account, device=name_device(user_agent=user_agent), ip=ip)
        case ClaimOpened(claim):
            record_event(tag=Tag.CLAIM_OPENED, subject=claim.examiner_id, by=Actor(ip=ip))
        case FirstLogin(entry):
            record_event(tag=Tag.FIRST_LOGIN_ACCEPTED, subject=entry.examiner_id, by=Actor(ip=ip))
    return outcome


def limits_of(candidates: LoginCandidates) -> AttemptLimits:
    """Return the rate limits of an attempt: those of a log-in if there is an account, else of a first login.

    Unknown names get those of a first login as well. Both count in the same rows, so that nobody can tell which of them
    applied.
    """
    return FIRST_LOGIN if candidates.account is None else LOGIN


def is_throttled(counted: Counted) -> bool:
    """Return whether an attempt waits for its hash behind all others, with those that may be a flood.

    Whoever fills that queue can see which attempts stand in it (side channel). So the answer depends only on what is
    counted alike for every name. It does not depend on the daily limit, which is higher where there is an account, nor
    on the backoff, which other people's attempts extend where there is one.
    """
    return (
        bool(counted.reached & {_BURST.name, _DISTINCT_ACCOUNTS.name}) or counted.from_client > FIRST_LOGIN.daily.most
    )


def record_refusal(*, reason: Refusal, candidates: LoginCandidates, ip: str) -> str:
    """Record that a log-in was refused, and why; return the case code that staff find the event by.

    Beyond 600 refusals an hour, all further ones from one network share one event and one case code, whoever they
    concern. Otherwise anybody could fill the table with events.
    """
    network = network_of(ip)
    try:
        hit(limit=RECORDED, of=network)
    except LimitReachedError:
        return _sum_up(network, ip)
    case_code = new_case_code()
    person = candidates.examiner or candidates.account  # staff have no examiner
    record_event(
        tag=Tag.LOGIN_REFUSED,
        subject=person.id if person else None,
        by=Actor(ip=ip),
        case_code=case_code,
        details={"reason": reason.value},
    )
    return case_code


def _sum_up(network: str, ip: str) -> str:
    """Return the case code that a network's further refusals share in this hour; record their event once."""
    whose = f"{network}\0{timezone.now():%Y-%m-%d %H}"
    case_code = case_code_from(blind_index(whose, purpose="login.refused.summed-up"))
    try:
        hit(limit=_SUMMED_UP, of=whose)
    except LimitReachedError:
        return case_code
    record_event(
        tag=Tag.LOGIN_REFUSED, by=Actor(ip=ip), case_code=case_code, details={"reason": Refusal.THROTTLED.value}
    )
    return case_code


def _attempt(candidates: LoginCandidates, ip: str, device: str) -> Attempt:
    """Return the attempt to count.

    It is counted per network or, if the person has logged in on this device before, per device alone.
    """
    account_id = candidates.account.id if candidates.account else NOBODY
    if recognise_device(account_id=account_id, token=device) is None:
        return Attempt(account_key=candidates.account_key, client_key=network_of(ip))
    return Attempt(account_key=candidates.account_key, client_key=device, is_trusted=True)


def _outcome(candidates: LoginCandidates, index: int | None, secret: str) -> Outcome | Refusal:
    typed = compact(secret)
    entry = next((entry for entry in candidates.entries if entry.number_key == typed), None)
    if candidates.account is not None:
        if index is not None:
            return AccountOpened(candidates.account)
        return Refusal.HAS_ACCOUNT if entry else Refusal.WRONG_PASSWORD
    if index is not None:
        return ClaimOpened(candidates.claims[index])
    if entry is not None:
        return FirstLogin(entry) if entry.is_active else Refusal.STRUCK_OFF
    return Refusal.NO_MATCH if candidates.examiner else Refusal.UNKNOWN
