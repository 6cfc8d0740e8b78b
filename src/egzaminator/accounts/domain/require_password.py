import datetime
from typing import Final

from egzaminator.accounts.domain.match_password import match_password
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit

_HOUR: Final = datetime.timedelta(hours=1)

IN_ACCOUNT: Final = Limit("account.password", most=10, period=_HOUR)
# Apart, so that a stranger who gets a mistyped e-mail cannot keep the owner from their own account's pages.
BY_LINK: Final = Limit("account.password-by-link", most=10, period=_HOUR)


def require_password(*, account: Account, password: str, limit: Limit = IN_ACCOUNT, address: str | None = None) -> None:
    """Have the password of an account proven once more, before something that a found open browser must not do.

    Takes the account, the password as typed, which limit counts the attempt, and the client's IP address. Raises
    LimitReachedError or WrongPasswordError. Not to be called in a transaction: what is refused is written down.
    """
    count_use(limit=limit, of=str(account.id))
    hashes = [account.password] if account.has_usable_password() else []
    if match_password(password=password, hashes=hashes) is None:
        record_event(tag=Tag.PASSWORD_REFUSED, actor=account.id, subject=account.id, address=address)
        raise WrongPasswordError


def lock_proven(*, account: Account) -> Account:
    """Lock, in the caller's transaction, an account whose password was just proven; give it as it is then.

    Raises WrongPasswordError when the password was changed, or the account blocked, in between.
    """
    locked = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=account.pk)
    if locked.password != account.password or not locked.is_active:
        raise WrongPasswordError
    return locked
