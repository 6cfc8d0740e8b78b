from django.db import transaction

from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.match_password import hash_password
from egzaminator.accounts.domain.set_password import set_password
from egzaminator.accounts.domain.use_link import use_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.register.models import Examiner


def reset_password(*, token: str, password: str, address: str | None = None, device: str = "") -> Account:
    """Set a new password by a mailed link, end every session, forget other devices, and notify the mailbox.

    `password` has passed the policy, and `device` is the token of the one browser that stays known. The event carries
    the client's IP address. A link to a blocked account counts as withdrawn. Raise a kind of `LinkError` if the link
    does not work, or `HashingBusyError` on overload.
    """
    link = find_link(purpose=LinkPurpose.RESET, token=token)
    examiner = Examiner.objects.filter(account=link.subject).only("password_salt").first()
    # Before the row locks are taken: hashing is so slow that others would have to wait for the locks.
    hashed = hash_password(password=password, salt=examiner.password_salt if examiner else None)
    with transaction.atomic():
        # The account is locked first: two links of one account, used at the same time, must not deadlock.
        account = Account.objects.select_for_update(of=("self",)).select_related("examiner").get(pk=link.subject)
        if not account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        use_link(link=link)
        set_password(account=account, encoded=hashed, device=device)
        record_event(tag=Tag.PASSWORD_RESET, subject=account.id, address=address)
    return account
