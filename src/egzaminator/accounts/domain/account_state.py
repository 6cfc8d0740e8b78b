"""Who can log in to an account: the only place that writes its state.

    active --freeze--> frozen --reopen--> active
    active or frozen --close--> closed --withdraw_closing--> frozen

A closed account is that of an examiner whom the register records as deceased. Nothing leads from closed to active: the
register is corrected first, and then staff give the account back like any frozen one. Every function takes an account
that the caller's transaction has locked.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AccountState, AddressOutcome, Barred, LinkPurpose
from egzaminator.accounts.errors import AccountClosedError, NotFrozenError
from egzaminator.accounts.models import Account, FactorKey

_FIELDS = ["state", "barred_by", "barred_at", "is_active"]


def freeze(*, account: Account, by: Barred) -> None:
    """Let nobody in to an account any more: neither by password, nor by a session, nor by a link to a new password.

    Freezing a frozen account again changes neither by whom nor since when. Raise AccountClosedError.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if account.state == AccountState.ACTIVE:
        _bar(account, AccountState.FROZEN, by)
    # Freezing links in other mailboxes live on: a thief must not kill, with one of their own, the owner's.
    _shut_out(account, [LinkPurpose.RESET])


def reopen(*, account: Account) -> None:
    """Make a frozen account active, without anything that whoever had it before bound to it.

    The password opens nothing any more: the owner sets a new one. Raise NotFrozenError, AccountClosedError.
    """
    if account.state == AccountState.CLOSED:
        raise AccountClosedError
    if account.state != AccountState.FROZEN:
        raise NotFrozenError
    account.state, account.barred_by, account.barred_at = AccountState.ACTIVE, "", None
    account.is_active = True
    account.password = make_password(None)
    account.first_session_hash = account.renewed_session_hash = ""
    account.save(update_fields=[*_FIELDS, "password", "first_session_hash", "renewed_session_hash"])
    take_factors(account=account)
    EmailAddress.objects.filter(user=account).delete()
    _shut_out(account, [LinkPurpose.RESET, LinkPurpose.FREEZE])


def close(*, account: Account) -> None:
    """Close the account of an examiner who died, with every link that was mailed about it."""
    _bar(account, AccountState.CLOSED, Barred.DEATH)
    _shut_out(account, list(LinkPurpose))


def withdraw_closing(*, account: Account) -> None:
    """Make a closed account a frozen one: the examiner lives, and staff give the account back to them.

    Not active: while it was closed, nobody could say that it was stolen, and it may have been frozen before.
    """
    if account.state == AccountState.CLOSED:
        _bar(account, AccountState.FROZEN, Barred.DEATH_WITHDRAWN)


def take_factors(*, account: Account) -> int:
    """Delete second factors, passkeys, recovery codes and the key they are encrypted with; return how many."""
    count: int
    count, _ = Authenticator.objects.filter(user=account).delete()
    FactorKey.objects.filter(account=account).delete()
    return count


def _bar(account: Account, state: AccountState, by: Barred) -> None:
    account.state, account.barred_by, account.is_active = state, by, False
    account.barred_at = account.barred_at or timezone.now()
    account.save(update_fields=_FIELDS)


def _shut_out(account: Account, purposes: list[LinkPurpose]) -> None:
    withdraw_links(subjects=[account.id], purposes=purposes)
    close_address_change(account=account, outcome=AddressOutcome.STOPPED)
    end_sessions(account=account)
    forget_devices(account=account)
