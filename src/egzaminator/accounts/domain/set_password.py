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
    """Give an account another password, take from everybody else what the old one gave them, and tell the mailbox.

    Takes an account that the caller's transaction has locked, the new password's hash, the digest of the one session
    to keep, if any, and the token of the one browser to go on knowing.
    """
    account.password = encoded
    account.has_personal_password = False  # the form has looked for everything that is known
    account.save(update_fields=["password", "has_personal_password"])
    withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
    # Whoever sets a new password because of a change they did not ask for has stopped it by that.
    close_address_change(account=account, outcome=AddressOutcome.STOPPED)
    end_sessions(account=account, keep=keep)
    # Whoever the password is taken back from must not keep a way around the pauses that guessing meets.
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
