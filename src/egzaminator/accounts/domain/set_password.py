from django.utils import timezone

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.may_tell import may_tell
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def set_password(*, account: Account, encoded: str, keep: str | None = None, device: str = "") -> None:
    """Set an account's password, revoke what anybody else got by the old one, and notify the mailbox.

    The caller's transaction has locked the account. `encoded` is the new password's hash, `keep` is the digest of the
    one session to keep, if any, and `device` is the token of the one browser that stays known.
    """
    account.password = encoded
    account.has_personal_password = False  # the form has checked it against everything known
    account.save(update_fields=["password", "has_personal_password"])
    withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
    # An owner who sets a new password because of a change that they did not request stops that change.
    close_address_change(account=account, outcome=AddressOutcome.STOPPED)
    end_sessions(account=account, keep=keep)
    # A person who loses the password by this must not keep a way around the backoff on guessing: a known device.
    forget_devices(account=account, but=device)
    if not may_tell(account=account, what=Kind.PASSWORD_CHANGED.value, mailbox=account.email):
        return
    freeze, _ = issue_link(
        purpose=LinkPurpose.FREEZE, subject=account.id, address=account.email, language=account.language
    )
    queue_message(
        kind=Kind.PASSWORD_CHANGED,
        about=account.id,
        address=account.email,
        addressee=account.display_name,
        language=account.language,
        context={"freeze": freeze, "changed_at": timezone.now()},
        priority=Priority.NOTICE,
    )
