from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.models import Account


def close_account(*, account: Account) -> None:
    """Let nobody in to an account any more: neither by password, nor by a session, nor by a link to a new password.

    Takes an account that the caller's transaction has locked.
    """
    account.is_active = False
    account.save(update_fields=["is_active"])
    withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
    close_address_change(account=account, outcome=AddressOutcome.STOPPED)
    end_sessions(account=account)
    forget_devices(account=account)
