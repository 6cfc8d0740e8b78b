"""Making accounts for the board's staff, and inviting their owners to set a password."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse

from egzaminator.accounts.domain.links import issue_link, withdraw_links
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import StaffExistsError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_staff_invitation
from egzaminator.mail.domain.caps import TO_ONE_MAILBOX, count_mail
from egzaminator.mail.domain.render import public_url
from egzaminator.staff.domain.members import lock_member
from egzaminator.staff.domain.membership import administration, has_joined, set_roles
from egzaminator.staff.domain.notifications import notify_of_change
from egzaminator.staff.enums import StaffNews
from egzaminator.staff.errors import MemberJoinedError
from egzaminator.staff.roles import Role


def make_member(*, name: str, email: str, roles: Iterable[Role], invited_by: uuid.UUID | None = None) -> Account:
    """Create the account of a staff member, which has no password yet.

    `name` is the full name, and `email` the work e-mail address, by which they log in. `invited_by` is the id of
    the inviting staff account (None: an administrator, by command); it is kept because neither of the two may confirm
    what the other asks for. Raise `StaffExistsError` if a staff account has this e-mail address.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                account = Account.objects.create(
                    name=name, email=email, password=make_password(None), invited_by_id=invited_by
                )
        except IntegrityError:
            raise StaffExistsError from None
        set_roles(account=account, roles=roles)
    return account


def invite_staff(*, name: str, email: str, roles: Iterable[Role], by: Actor = SYSTEM) -> Account:
    """Create the account of a staff member, and send them a link to set its password, valid for 24 hours.

    `by` is the inviting staff account (no account: an administrator, by command). The other arguments are those of
    `make_member`. Raise `StaffExistsError`, or `NotAdministratorError` if the inviter may not invite any more.
    """
    with administration(by=by):
        account = make_member(name=name, email=email, roles=roles, invited_by=by.account_id)
        _send(account)
        record_event(tag=Tag.STAFF_INVITED, by=by, subject=account.id, details={"roles": sorted(roles)})
        notify_of_change(member=account, news=StaffNews.INVITED, by=by)
    return account


def invite_again(*, member: Account, by: Actor) -> None:
    """Send an invitation that nobody has answered once more, and withdraw its earlier links.

    Whoever invited first still counts as the one who did. Raise `MemberJoinedError`, `MemberGoneError`,
    `NotAdministratorError`, or `MailsUsedUpError` after too many e-mails to this mailbox in a day.
    """
    with administration(by=by):
        member = lock_member(member)
        if has_joined(member) or not member.is_active:
            raise MemberJoinedError
        count_mail(uses=[(TO_ONE_MAILBOX, member.email.casefold())], subject=member.id)
        withdraw_links(subjects=[member.id], purposes=[LinkPurpose.RESET])
        _send(member)
        record_event(tag=Tag.STAFF_INVITED_AGAIN, by=by, subject=member.id)
        notify_of_change(member=member, news=StaffNews.INVITED_AGAIN, by=by)


def _send(account: Account) -> None:
    link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language=account.language)
    panel = public_url(reverse("panel"))
    queue_staff_invitation(account_id=account.id, to=recipient_of(account), link=link, panel=panel)
