from django.db import transaction
from django.utils import timezone

from egzaminator.accounts.domain.close_address_change import close_address_change
from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.forget_devices import forget_devices
from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.domain.match_password import hash_password
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority
from egzaminator.register.models import Examiner


def reset_password(*, token: str, password: str, address: str | None = None, device: str = "") -> Account:
    """Set a new password by a mailed link, end every session, forget every other device, and tell the mailbox.

    Takes the link's token, a password that the policy let through, the client's IP address, and the token that its
    browser is known by. A link to a blocked account is taken for a withdrawn one. Raises LinkError's kinds.
    """
    link = find_link(purpose=LinkPurpose.RESET, token=token)
    examiner = Examiner.objects.filter(account=link.subject).only("password_salt").first()
    # Before the locks: hashing takes long enough to hold nobody up with.
    hashed = hash_password(password=password, salt=examiner.password_salt if examiner else None)
    with transaction.atomic():
        # The account first: two links of one account, used at once, must not each hold what the other waits for.
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=link.subject)
        if not account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        use_link(link=link)
        account.password = hashed
        account.save(update_fields=["password"])
        withdraw_links(subjects=[account.id], purposes=[LinkPurpose.RESET])
        # Whoever sets a new password because of a change they did not ask for has stopped it by that.
        close_address_change(account=account, outcome=AddressOutcome.STOPPED)
        end_sessions(account=account)
        # Whoever the password is taken back from must not keep a way around the pauses that guessing meets.
        forget_devices(account=account, but=device)
        record_event(tag=Tag.PASSWORD_RESET, subject=account.id, address=address)
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
    return account
