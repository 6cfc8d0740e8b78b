"""Proofs apart from the log-in form: attempts at codes and passwords, counted, and the password checked again."""

import datetime
from typing import Final

from django.db import transaction

from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.domain.password_matching import prove_password
from egzaminator.accounts.enums import ProofReason, SecurityNews
from egzaminator.accounts.errors import WrongNameError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.rate_limits.domain.counters import Limit, hit, hit_all
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.domain.examiners import find_examiner

BURST: Final = Limit("second-factor.burst", most=5, period=datetime.timedelta(minutes=5))
# NIST SP 800-63B-4, section 3.2.2, allows 100 failures in a row: here 50 at log-ins and 50 in sessions.
DAILY: Final = Limit("second-factor.daily", most=50, period=datetime.timedelta(days=1))
# Counted apart from the owner's own attempts: a stranger who gets a mistyped e-mail must not lock the owner out.
BY_LINK: Final = Limit("account.password-by-link", most=10, period=datetime.timedelta(hours=1))
_WARNING: Final = Limit("second-factor.warning", most=1, period=datetime.timedelta(days=1))
_NEWS: Final = {ProofReason.LOGIN: SecurityNews.WRONG_CODES, ProofReason.REAUTHENTICATION: SecurityNews.WRONG_PROOFS}


def count_attempt(*, account: Account, reason: ProofReason, ip: str | None) -> None:
    """Count an attempt to prove ownership of an account by a code or password, before it is checked.

    The counter belongs to the account's present password. A new password starts a new one, so nobody who found the old
    password out can keep the owner away. Log-ins and reauthentication are counted separately, so nobody inside a
    session of the account can keep the owner from logging in and ending it. The owner is notified, once a day, if the
    limit of either is reached. The event carries the client's IP address. Raise `LimitReachedError` if a limit is
    reached.
    """
    whose = f"{account.id}\0{account.password}\0{reason.value}"
    try:
        hit_all(uses=[(BURST, whose), (DAILY, whose)])
    except LimitReachedError:
        record_event(
            tag=Tag.SECOND_FACTOR_REFUSED,
            subject=account.id,
            by=Actor(ip=ip),
            details={"reason": reason.value, "throttled": True},
        )
        _warn(account, reason)
        raise


def confirm_password(*, account: Account, password: str, ip: str | None = None) -> None:
    """Check that a logged-in person knows the account's password.

    Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `OverloadError` on overload.
    """
    count_attempt(account=account, reason=ProofReason.REAUTHENTICATION, ip=ip)
    _prove(account, password, by=Actor(account.id, ip))


def confirm_password_by_link(*, account: Account, password: str, ip: str | None = None) -> None:
    """Check that a person who opened a mailed link knows the account's password.

    Raise `WrongPasswordError`, `LimitReachedError` after too many attempts, or `OverloadError` on overload.
    """
    hit(limit=BY_LINK, of=str(account.id))
    _prove(account, password, by=Actor(ip=ip))


def confirm_name_by_link(*, account: Account, name: str, ip: str | None = None) -> None:
    """Check that a person who opened a mailed link knows the PESEL or identifier of the account's owner.

    `name` is as typed. Raise `WrongNameError`, or `LimitReachedError` after too many attempts, which are counted
    together with those at the password.
    """
    hit(limit=BY_LINK, of=str(account.id))
    examiner = find_examiner(name=name)
    is_right = examiner is not None and examiner.id == account.examiner_id
    record_event(
        tag=Tag.IDENTITY_CONFIRMED if is_right else Tag.IDENTITY_REFUSED,
        by=Actor(ip=ip),
        subject=account.id,
        details={"by": "name"},
    )
    if not is_right:
        raise WrongNameError


def _warn(account: Account, reason: ProofReason) -> None:
    try:
        hit(limit=_WARNING, of=f"{account.id}\0{reason.value}")
    except LimitReachedError:
        return
    with transaction.atomic():
        notify_owner(account=account, news=_NEWS[reason])


def _prove(account: Account, password: str, *, by: Actor) -> None:
    prove_password(
        password=password,
        hashes=[account.password] if account.has_usable_password() else [],
        subject=account.id,
        accepted=Tag.IDENTITY_CONFIRMED,
        refused=Tag.IDENTITY_REFUSED,
        by=by,
    )
