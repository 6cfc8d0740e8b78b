"""Giving a frozen account back, by one person or by two."""

from egzaminator.accounts.domain.freezing import unfreeze_account
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.errors import SecondPersonNeededError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.staff.domain.act_rows import unanswered_acts
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.independence import is_own
from egzaminator.staff.errors import ActWaitsError, OwnAccountError
from egzaminator.staff.models import Act


def give_back(
    *,
    account: Account,
    reason: str,
    email: str = "",
    member: Account | None = None,
    ip: str | None = None,
    is_alone: bool = False,
) -> Act | None:
    """Give a frozen account back to its owner, or request the act if it takes a second person.

    The arguments and errors are those of `unfreeze_account` and `ask`. Return the requested act, or None if the account
    was given back. While any act on the account waits for a second person, raise `ActWaitsError`: one person alone must
    not decide then.
    """
    if member is not None and is_own(account=account, member=member):
        raise OwnAccountError
    if any(act.is_waiting for act in unanswered_acts(accounts=[account])):
        raise ActWaitsError
    try:
        unfreeze_account(account=account, reason=reason, email=email, by=Actor(member.id if member else None, ip))
    except SecondPersonNeededError:
        return ask(
            kind=ActKind.GIVE_BACK,
            account=account,
            reason=reason,
            email=email,
            member=member,
            ip=ip,
            is_alone=is_alone,
        )
    return None
