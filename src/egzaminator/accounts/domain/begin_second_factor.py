from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.make_recovery_codes import make_first_recovery_codes
from egzaminator.accounts.models import Account


def begin_second_factor(*, account: Account, keep: str | None, address: str | None) -> bool:
    """Do what only an account's first second factor requires; return whether this was the first.

    Call it in the transaction that added the factor. For the first one, make recovery codes and end every session but
    `keep` (a session's digest): those sessions proved less than a log-in requires from now on. The event carries the
    client's IP address.
    """
    is_first = make_first_recovery_codes(account=account, address=address)
    if is_first:
        end_sessions(account=account, keep=keep)
    return is_first
