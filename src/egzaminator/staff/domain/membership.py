"""Who is on the staff, with which roles, and the one lock under which that changes."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.accounts.enums import AccountState, LinkPurpose
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.actor import Actor
from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.mail.domain.caps import committed_if_capped
from egzaminator.staff.enums import MemberState
from egzaminator.staff.errors import NotAdministratorError
from egzaminator.staff.roles import Role

PAGE_SIZE: Final = 50
_MANAGE: Final = "staff.manage_staff"


@dataclass(frozen=True, slots=True)
class Member:
    """A staff member as administrators see them."""

    account: Account
    roles: list[Role]
    state: MemberState
    has_second_factor: bool


def list_members(*, after: uuid.UUID | None = None) -> Page[Member]:
    """Return a page of the staff by name, former staff included. Runs as many queries for many as for one.

    `after` is the last member of the previous page. An unknown id is the beginning.
    """
    staff = Account.objects.filter(examiner__isnull=True)
    page = page_after(row_at(staff, after), staff.prefetch_related("groups"), by="name", size=PAGE_SIZE)
    return Page(describe(page.rows), page.next, page.is_first)


def describe(accounts: Sequence[Account]) -> list[Member]:
    """Return the staff members of these accounts, in their order."""
    ids = [account.id for account in accounts]
    links = Link.objects.filter(
        subject__in=ids,
        purpose=LinkPurpose.RESET,
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=timezone.now(),
    )
    with_link = set(links.values_list("subject", flat=True))
    with_factor = set(Authenticator.objects.filter(user__in=ids).values_list("user", flat=True))
    return [
        Member(
            account=account,
            roles=roles_of(account),
            state=_state(account, has_link=account.id in with_link),
            has_second_factor=account.id in with_factor,
        )
        for account in accounts
    ]


def has_joined(account: Account) -> bool:
    """Return whether a staff member has answered the invitation by setting a password."""
    return account.has_usable_password()


def roles_of(account: Account) -> list[Role]:
    """Return the roles of a staff member, in the order of their declaration."""
    names = {group.name for group in account.groups.all()}
    return [role for role in Role if role.value in names]


def set_roles(*, account: Account, roles: Iterable[Role]) -> None:
    """Give an account these roles and no others. The caller's transaction has locked the account, if it is not new."""
    account.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))


def members_with(role: Role) -> QuerySet[Account]:
    """Return the query for the active staff with a role who have set a password, so that they can log in."""
    has_role = Q(examiner__isnull=True, is_active=True, groups__name=role.value)
    return Account.objects.filter(has_role, ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX))


@contextmanager
def administration(*, by: Actor) -> Iterator[None]:
    """Open a transaction in which nobody else changes who is on the staff. `MailsUsedUpError` does not roll it back.

    The lock is the row of the administrators' group: it is taken before anything is read, and before any account's
    lock. So of two administrators who remove each other at once, the second is refused. `by` is who acts; no account
    means an administrator of the server, by command. Raise `NotAdministratorError` if they no longer may.
    """
    with committed_if_capped():
        Group.objects.select_for_update().get(name=Role.ADMINISTRATOR.value)
        if by.account_id is not None:
            member = Account.objects.filter(pk=by.account_id).first()
            if member is None or not member.has_perm(_MANAGE):
                raise NotAdministratorError
        yield


def _state(account: Account, *, has_link: bool) -> MemberState:
    if account.state == AccountState.CLOSED:
        return MemberState.ENDED
    if account.state == AccountState.FROZEN:
        return MemberState.FROZEN
    if has_joined(account):
        return MemberState.ACTIVE
    return MemberState.INVITED if has_link else MemberState.INVITATION_OVER
