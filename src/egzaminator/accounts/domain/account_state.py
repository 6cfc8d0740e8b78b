"""The state of an account, which decides whether anybody can log in. No other module writes it.

    active --freeze--> frozen --reopen--> active
    active or frozen --close--> closed --withdraw_closure--> frozen
    active or frozen --retire--> closed

A closed account belongs to an examiner whom the register records as deceased, to somebody who no longer works at the
board, or to an examiner who has another account, with which it was joined. Nothing leads from closed to active: the
register is corrected first, and then staff return the account to its owner like any frozen one; whoever comes back to
the board gets a new account. Every function expects an account that the caller's transaction has locked.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from egzaminator.accounts.domain.devices import forget_devices
from egzaminator.accounts.domain.email_change import close_email_change
from egzaminator.accounts.domain.links import withdraw_links
from egzaminator.accounts.domain.sessions import end_sessions
from egzaminator.accounts.enums import AccountState, Barred, EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import AccountClosedError, NotFrozenError
from egzaminator.accounts.models import Account, SecondFactorKey

_FIELDS = ["state", "barred_by", "barred_at", "is_active", "not_me_since"]


def freeze(*, account: Account, by: Barred) -> None:
    """Freeze an account: no password, no session and no link to a new password opens it any more.

    If the account is frozen already, `barred_by` and `barred_at` stay as they are. Raise `AccountClosedError` if it is
    closed.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if by == Barred.LINK:  # also a second time: the board has to look at it again
        account.not_me_since = timezone.now()
        account.save(update_fields=["not_me_since"])
    if account.state == AccountState.ACTIVE:
        _bar(account, AccountState.FROZEN, by)
    # Freeze links in other mailboxes stay valid: a thief must not invalidate the owner's link with one of their own.
    _shut_out(account, [LinkPurpose.RESET])


def reopen(*, account: Account) -> None:
    """Make a frozen account active, without anything that its previous users bound to it.

    The old password opens nothing any more: the owner sets a new one. Raise `NotFrozenError` if the account is active,
    `AccountClosedError` if it is closed.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if account.state != AccountState.FROZEN:
        raise NotFrozenError
    account.state, account.barred_by, account.barred_at = AccountState.ACTIVE, "", None
    account.is_active, account.not_me_since = True, None
    account.save(update_fields=_FIELDS)
    drop_password(account=account)
    remove_second_factors(account=account)
    EmailAddress.objects.filter(user=account).delete()
    _shut_out(account, [LinkPurpose.RESET, LinkPurpose.FREEZE])


def close(*, account: Account) -> None:
    """Close the account of an examiner who died, and withdraw every link that was mailed about it."""
    _bar(account, AccountState.CLOSED, Barred.DEATH)
    _shut_out(account, list(LinkPurpose))


def retire(*, account: Account, by: Barred) -> None:
    """Close an account that nobody gets back, with everything that opened it. The row stays: events name it."""
    drop_password(account=account)
    _bar(account, AccountState.CLOSED, by)
    remove_second_factors(account=account)
    _shut_out(account, list(LinkPurpose))


def withdraw_closure(*, account: Account) -> None:
    """Turn a closed account into a frozen one, because the examiner is alive; staff return it to them.

    It does not become active: while it was closed, nobody could report it stolen, and it may have been frozen before.
    """
    if account.barred_by == Barred.DEATH:
        _bar(account, AccountState.FROZEN, Barred.DEATH_WITHDRAWN)


def drop_password(*, account: Account) -> None:
    """Make an account's password open nothing any more. Its owner sets a new one by a mailed link."""
    account.password = make_password(None)
    account.first_session_hash = account.renewed_session_hash = ""
    account.save(update_fields=["password", "first_session_hash", "renewed_session_hash"])


def remove_second_factors(*, account: Account) -> int:
    """Delete an account's second factors, passkeys and recovery codes, with the key that encrypts them.

    Return how many there were.
    """
    count: int
    count, _ = Authenticator.objects.filter(user=account).delete()
    SecondFactorKey.objects.filter(account=account).delete()
    return count


def _bar(account: Account, state: AccountState, by: Barred) -> None:
    account.state, account.barred_by, account.is_active = state, by, False
    if state == AccountState.CLOSED:
        account.not_me_since = None
    account.barred_at = account.barred_at or timezone.now()
    account.save(update_fields=_FIELDS)


def _shut_out(account: Account, purposes: list[LinkPurpose]) -> None:
    withdraw_links(subjects=[account.id], purposes=purposes)
    close_email_change(account=account, outcome=EmailChangeOutcome.STOPPED)
    end_sessions(account=account)
    forget_devices(account=account)
