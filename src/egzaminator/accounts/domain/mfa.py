"""Second factors and passkeys of an account: what there is, adding, removing, and the reset by staff."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.account_state import remove_second_factors
from egzaminator.accounts.domain.codes import (
    PASSKEY,
    RECOVERY,
    TOTP,
    is_new_totp_code,
    make_first_recovery_codes,
)
from egzaminator.accounts.domain.locks import lock_account, lock_own
from egzaminator.accounts.domain.mailboxes import mailboxes_to_notify
from egzaminator.accounts.domain.notifications import notify_owner
from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.enums import SecurityNews
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
from egzaminator.audit.models import StaffText

# Long enough to print the codes or write them down. Afterwards, nobody who finds the browser open can read them.
SHOWN_FOR: Final = datetime.timedelta(minutes=10)

MOST_PASSKEYS: Final = 10


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
    """The unused recovery codes; empty from ten minutes after they were made."""

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
            if row.type == TOTP:
                totp_added_at = row.created_at
            elif row.type == RECOVERY:
                codes = row.wrap().get_unused_codes()
                is_fresh = timezone.now() - row.created_at < SHOWN_FOR
            else:
                passkeys.append(Passkey(row.id, row.wrap().name, row.created_at, row.last_used_at))
    return SecondFactors(totp_added_at, passkeys, len(codes), codes if is_fresh else [])


def add_totp(*, account: Account, secret: str, code: str, keep: str | None = None, ip: str | None = None) -> bool:
    """Add an authenticator app, whose codes become the second step of the account's log-ins.

    `secret` is what the app was given (Base32), `code` is one that the app made from it, and `keep` is the digest of
    the current session. The event carries the client's IP address. Return whether this is the account's first second
    factor; if so, recovery codes are made, and every other session ends. Raise `WrongCodeError` if the code is wrong or
    was used before, `SecondFactorExistsError` if the account already has an app.
    """
    if not totp.validate_totp_code(secret, code) or not is_new_totp_code(account=account, code=code):
        raise WrongCodeError
    with transaction.atomic():
        lock_own(account=account)
        if Authenticator.objects.filter(user=account, type=TOTP).exists():
            raise SecondFactorExistsError
        with secrets_of(account.id):
            totp.TOTP.activate(account, secret)
        record_event(tag=Tag.SECOND_FACTOR_ADDED, by=Actor(account.id, ip), subject=account.id, details={"kind": TOTP})
        notify_owner(account=account, news=SecurityNews.TOTP_ADDED)
        return _begin(account, keep, ip)


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
        if Authenticator.objects.filter(user=account, type=PASSKEY).count() >= MOST_PASSKEYS:
            raise TooManyPasskeysError
        WebAuthn.add(account, name, dict(credential))
        record_event(
            tag=Tag.SECOND_FACTOR_ADDED,
            by=Actor(account.id, ip),
            subject=account.id,
            details={"kind": PASSKEY.value},
        )
        notify_owner(account=account, news=SecurityNews.PASSKEY_ADDED)
        return _begin(account, keep, ip)


def remove_totp(*, account: Account, ip: str | None = None) -> None:
    """Remove an account's authenticator app. Raise `NoSecondFactorError` if it has none."""
    _remove(account, {"type": TOTP}, SecurityNews.TOTP_REMOVED, ip)


def remove_passkey(*, account: Account, passkey_id: int, ip: str | None = None) -> None:
    """Remove one of an account's passkeys.

    Raise `NoSecondFactorError` if there is no such passkey, or if it is another account's.
    """
    _remove(account, {"type": PASSKEY, "pk": passkey_id}, SecurityNews.PASSKEY_REMOVED, ip)


def reset_second_factor(*, account: Account, reason: str | StaffText, by: Actor = SYSTEM) -> None:
    """Remove the second factors, passkeys and recovery codes of an owner who lost them all, and end all sessions.

    One person alone must never do this: it is called for an act that a second person confirmed, or that waited
    (staff/domain/acts.py). Afterwards the password alone opens the account. The known mailboxes are notified, with a
    link that freezes the account. `reason` is what staff typed. `by` is the staff account that asked (no account: an
    administrator, by command), with its IP address. Raise `NoSecondFactorError` if there is nothing to
    remove.
    """
    with transaction.atomic():
        lock_account(account_id=account.id)
        if not remove_second_factors(account=account):
            raise NoSecondFactorError
        end_sessions(account=account)
        record_event(tag=Tag.SECOND_FACTOR_RESET, by=by, subject=account.id, reason=reason)
        for mailbox in mailboxes_to_notify(account=account):
            notify_owner(account=account, news=SecurityNews.RESET, mailbox=mailbox)


def _begin(account: Account, keep: str | None, ip: str | None) -> bool:
    """Do what only an account's first second factor requires; return whether this was the first.

    Call it in the transaction that added the factor. For the first one, make recovery codes and end every session but
    `keep` (a session's digest): those sessions proved less than a log-in requires from now on. The event carries the
    client's IP address.
    """
    is_first = make_first_recovery_codes(account=account, ip=ip)
    if is_first:
        end_sessions(account=account, keep=keep)
    return is_first


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
