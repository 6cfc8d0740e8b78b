from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.make_recovery_codes import make_first_recovery_codes
from egzaminator.accounts.models import Account


def begin_second_factor(*, account: Account, keep: str | None, address: str | None) -> bool:
    """Do, after a second factor was added, what belongs to the first one alone; in the caller's transaction.

    Recovery codes are made, and every session but the one to keep ends: those proved less than a login takes from now
    on. Takes the digest of the session to keep and the client's IP address. Gives whether it was the first.
    """
    is_first = make_first_recovery_codes(account=account, address=address)
    if is_first:
        end_sessions(account=account, keep=keep)
    return is_first
