from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from egzaminator.accounts.domain.issue_link import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import StaffExistsError
from egzaminator.accounts.models import ADMINISTRATORS_GROUP, STAFF_GROUP, Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.post.domain.queue_message import queue_message
from egzaminator.post.enums import Kind, Priority


def invite_staff(
    *, name: str, email: str, invited_by: Account | None = None, is_administrator: bool = False
) -> Account:
    """Create an account for one of the board's staff, and send them a link to set its password.

    `name` is the full name, and `email` the work e-mail address, by which they log in. `invited_by` is the inviting
    staff account (None: an administrator, by command); it is kept because neither of the two may confirm what the other
    asks for. `is_administrator` tells whether they may also change how the board is reached. Raise `StaffExistsError`
    if a staff account has this e-mail address.
    """
    with transaction.atomic():
        account = _create(name, email, invited_by)
        groups = [STAFF_GROUP, ADMINISTRATORS_GROUP] if is_administrator else [STAFF_GROUP]
        account.groups.add(*(Group.objects.get_or_create(name=group)[0] for group in groups))
        url, link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, address=email, language=account.language)
        queue_message(
            kind=Kind.RESET,
            about=account.id,
            address=email,
            addressee=name,
            language=account.language,
            context={"link": url, "expires_at": link.expires_at},
            priority=Priority.ACCESS,
        )
        record_event(tag=Tag.STAFF_INVITED, actor=invited_by.id if invited_by else None, subject=account.id)
    return account


def _create(name: str, email: str, invited_by: Account | None) -> Account:
    try:
        with transaction.atomic():
            return Account.objects.create(name=name, email=email, password=make_password(None), invited_by=invited_by)
    except IntegrityError:
        raise StaffExistsError from None
