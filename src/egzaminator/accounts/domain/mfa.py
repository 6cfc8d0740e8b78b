"""What protects an account besides its password: authenticator app, passkeys, recovery codes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.account_state import remove_second_factors
from egzaminator.accounts.domain.accounts import lock_account, lock_own
from egzaminator.accounts.domain.mailboxes import mailboxes_to_notify
from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.domain.reauthentication import count_attempt
from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.enums import ProofReason, SecurityNews
from egzaminator.accounts.errors import (
    NoSecondFactorError,
    SecondFactorExistsError,
    TooManyPasskeysError,
    WrongCodeError,
)
from egzaminator.accounts.mfa.secrets import secrets_of
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

# Long enough to print the codes or write them down. Afterwards, nobody who finds the browser open can read them.
SHOWN_FOR: Final = datetime.timedelta(minutes=10)

RECOVERY: Final = Authenticator.Type.RECOVERY_CODES
TOTP_TYPE: Final = Authenticator.Type.TOTP
PASSKEY: Final = Authenticator.Type.WEBAUTHN


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey, as its owner knows it."""

    id: int
    name: str
    added_at: datetime.datetime
    used_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Everything that protects an account besides its password."""

    totp_added_at: datetime.datetime | None = None
    passkeys: list[Passkey] = field(default_factory=list)
    codes_left: int = 0
    fresh_codes: list[str] = field(default_factory=list)
    """The unused recovery codes, for ten minutes after they were made."""

    @property
    def are_any(self) -> bool:
        """Whether a log-in requires a second step."""
        return self.totp_added_at is not None or bool(self.passkeys)

    @property
    def takes_codes(self) -> bool:
        """Whether the account has codes that can be typed: the app's or recovery codes."""
        return self.totp_added_at is not None or self.codes_left > 0


def second_factors_of(*, account: Account) -> SecondFactors:
    """Return an account's second factors, passkeys and recovery codes.

    Raise `UndecryptableError` if their secrets cannot be decrypted.
    """
    totp_added_at, passkeys, codes, is_fresh = None, [], [], False
    with secrets_of(account.id):
        for row in Authenticator.objects.filter(user=account).order_by("created_at"):
            if row.type == TOTP_TYPE:
                totp_added_at = row.created_at
            elif row.type == RECOVERY:
                codes = row.wrap().get_unused_codes()
                is_fresh = timezone.now() - row.created_at < SHOWN_FOR
            else:
                passkeys.append(Passkey(row.id, row.wrap().name, row.created_at, row.last_used_at))
    return SecondFactors(totp_added_at, passkeys, len(codes), codes if is_fresh else [])


def make_recovery_codes(*, account: Account, ip: str | None = None) -> None:
    """Make ten recovery codes, each valid for one log-in without the second factor; earlier codes are deleted.

    `second_factors_of` returns them for ten minutes. Raise `NoSecondFactorError` if the account has
    no factor to recover from.
    """
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        if not rows.exclude(type=RECOVERY).exists():
            raise NoSecondFactorError
        rows.filter(type=RECOVERY).delete()
        _make(account, ip)
        notify_owner(account=account, news=SecurityNews.CODES_MADE)


def make_first_recovery_codes(*, account: Account, ip: str | None = None) -> bool:
    """Make recovery codes unless the account has some, in the caller's transaction; return whether they were made.

    The caller notifies the owner, of the factor that it added.
    """
    if Authenticator.objects.filter(user=account, type=RECOVERY).exists():
        return False
    _make(account, ip)
    return True


def _make(account: Account, ip: str | None) -> None:
    with secrets_of(account.id):
        RecoveryCodes.activate(account)
    record_event(tag=Tag.RECOVERY_CODES_MADE, by=Actor(account.id, ip), subject=account.id)


def add_totp(*, account: Account, secret: str, code: str, keep: str | None = None, ip: str | None = None) -> bool:
    """Add an authenticator app, whose codes become the second step of the account's log-ins.

    `secret` is what the app was given (Base32), `code` is one that the app made from it, and `keep` is the digest of
    the current session. The event carries the client's IP address. Return whether this is the account's first second
    factor; if so, recovery codes are made, and every other session ends. Raise `WrongCodeError` if the code is wrong or
    was used before, `SecondFactorExistsError` if the account already has an app.
    """
    if not validate_totp_code(secret, code) or not is_new_totp_code(account=account, code=code):
        raise WrongCodeError
    with transaction.atomic():
        lock_own(account=account)
        if Authenticator.objects.filter(user=account, type=TOTP_TYPE).exists():
            raise SecondFactorExistsError
        with secrets_of(account.id):
            TOTP.activate(account, secret)
        record_event(
            tag=Tag.SECOND_FACTOR_ADDED, by=Actor(account.id, ip), subject=account.id, details={"kind": TOTP_TYPE}
        )
        notify_owner(account=account, news=SecurityNews.TOTP_ADDED)
        return begin_second_factor(account=account, keep=keep, ip=ip)


MOST: Final = 10


def add_passkey(
    *,
    account: Account,
    name: str,
    credential: Mapping[str, Any],
    keep: str | None = None,
    ip: str | None = None,
) -> bool:
    """Add a passkey, which logs in to the account alone or after the password.

    `name` is what its owner calls it, `credential` is what `read_new_passkey` returns, and `keep` is the digest of the
    current session. The event carries the client's IP address. Return whether this is the account's first second
    factor; if so, recovery codes are made, and every other session ends. Raise `TooManyPasskeysError` if the account
    already has the maximum number.
    """
    with transaction.atomic():
        lock_own(account=account)
        if Authenticator.objects.filter(user=account, type=PASSKEY).count() >= MOST:
            raise TooManyPasskeysError
        WebAuthn.add(account, name, dict(credential))
        record_event(
            tag=Tag.SECOND_FACTOR_ADDED,
            by=Actor(account.id, ip),
            subject=account.id,
            details={"kind": PASSKEY.value},
        )
        notify_owner(account=account, news=SecurityNews.PASSKEY_ADDED)
        return begin_second_factor(account=account, keep=keep, ip=ip)


def remove_totp(*, account: Account, ip: str | None = None) -> None:
    """Remove an account's authenticator app. Raise `NoSecondFactorError` if it has none."""
    _remove(account, {"type": TOTP_TYPE}, SecurityNews.TOTP_REMOVED, ip)


def remove_passkey(*, account: Account, passkey_id: int, ip: str | None = None) -> None:
    """Remove one of an account's passkeys.

    Raise `NoSecondFactorError` if there is no such passkey, or if it is another account's.
    """
    _remove(account, {"type": PASSKEY, "pk": passkey_id}, SecurityNews.PASSKEY_REMOVED, ip)


def _remove(account: Account, which: dict[str, str | int], news: SecurityNews, ip: str | None) -> None:
    with transaction.atomic():
        lock_own(account=account)
        rows = Authenticator.objects.filter(user=account)
        count, _ = rows.filter(**which).delete()
        if not count:
            raise NoSecondFactorError
        if not rows.exclude(type=RECOVERY).exists():
            # With no factor to recover from, each recovery code would be a weaker password.
            rows.delete()
        record_event(
            tag=Tag.SECOND_FACTOR_REMOVED,
            by=Actor(account.id, ip),
            subject=account.id,
            details={"kind": str(which["type"])},
        )
        notify_owner(account=account, news=news)


def reset_second_factor(*, account: Account, reason: str, by: Actor = SYSTEM) -> None:
    """Remove the factors, passkeys and recovery codes of an owner who lost them all, and end all sessions.

    One person alone must never do this: it is called for an act that a second person confirmed, or that waited
    (staff/domain/acts.py). Afterwards the password alone opens the account. The known mailboxes are notified, with a
    link that freezes the account. `reason` holds no personal data. `actor` is the staff account that asked (None: an
    administrator, by command). The event carries its IP address. Raise `NoSecondFactorError` if there is nothing to
    remove.
    """
    with transaction.atomic():
        lock_account(account=account)
        if not remove_second_factors(account=account):
            raise NoSecondFactorError
        end_sessions(account=account)
        record_event(tag=Tag.SECOND_FACTOR_RESET, by=by, subject=account.id, details={"reason": reason})
        for mailbox in mailboxes_to_notify(account=account):
            notify_owner(account=account, news=SecurityNews.RESET, mailbox=mailbox)


FEW_CODES: Final = 3
# allauth accepts a code for three periods (its own, the one before and the one after), but remembers a used code for
# only one.
TOTP_CODE: Final = Limit("second-factor.totp-code", most=1, period=datetime.timedelta(minutes=2))


def check_code(*, account: Account, code: str, reason: ProofReason, ip: str | None = None) -> Authenticator:
    """Check a code of the account's authenticator app or one of its recovery codes, and use it up.

    `code` is as typed, and `reason` is what it is given for. The event carries the client's IP address. Return the
    authenticator that the code belongs to. Raise `WrongCodeError` if it is wrong or was used before,
    `LimitReachedError` after too many attempts.
    """
    count_attempt(account=account, reason=reason, ip=ip)
    with transaction.atomic():
        authenticator = _take(account, _signs(code))
        if authenticator is not None and authenticator.type != TOTP_TYPE:
            _notify_of_recovery(account, authenticator, ip)
    if authenticator is None:
        record_event(
            tag=Tag.SECOND_FACTOR_REFUSED, subject=account.id, by=Actor(ip=ip), details={"reason": reason.value}
        )
        raise WrongCodeError
    return authenticator


def is_new_totp_code(*, account: Account, code: str) -> bool:
    """Record that an app's code was used; return whether this was its first use."""
    try:
        hit(limit=TOTP_CODE, of=f"{account.id}\0{_signs(code)}")
    except LimitReachedError:
        return False
    return True


def _take(account: Account, code: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update().filter(user=account).exclude(type=PASSKEY)
    with secrets_of(account.id):
        for row in rows.order_by("id"):
            row.user = account
            fits = row.wrap().validate_code(code)
            if fits and (row.type != TOTP_TYPE or is_new_totp_code(account=account, code=code)):
                return row
    return None


def _notify_of_recovery(account: Account, authenticator: Authenticator, ip: str | None) -> None:
    authenticator.refresh_from_db()
    with secrets_of(account.id):
        left = len(authenticator.wrap().get_unused_codes())
    record_event(tag=Tag.RECOVERY_CODE_USED, subject=account.id, by=Actor(ip=ip), details={"left": left})
    if left <= FEW_CODES:
        notify_owner(account=account, news=SecurityNews.CODES_LOW)


def _signs(code: str) -> str:
    """Return a code without the spaces and hyphens that people put between its digits."""
    return "".join(sign for sign in code if sign.isalnum())


def begin_second_factor(*, account: Account, keep: str | None, ip: str | None) -> bool:
    """Do what only an account's first second factor requires; return whether this was the first.

    Call it in the transaction that added the factor. For the first one, make recovery codes and end every session but
    `keep` (a session's digest): those sessions proved less than a log-in requires from now on. The event carries the
    client's IP address.
    """
    is_first = make_first_recovery_codes(account=account, ip=ip)
    if is_first:
        end_sessions(account=account, keep=keep)
    return is_first
