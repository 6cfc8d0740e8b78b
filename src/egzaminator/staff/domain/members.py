"""Changes of a staff member by an administrator: name, work e-mail address, roles, the end of their account.

Every change takes the lock of `administration`, is an event with its actor, and is told to all administrators.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group

from egzaminator.accounts.domain.account_state import retire
from egzaminator.accounts.domain.email_change import begin_email_change
from egzaminator.accounts.domain.links import withdraw_links
from egzaminator.accounts.domain.locks import lock_account
from egzaminator.accounts.enums import AccountState, Barred, LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.cms.domain.hold_scheduled import hold_scheduled
from egzaminator.mailings.domain.sending import hold_planned_by
from egzaminator.register.domain.exports import delete_exports_of
from egzaminator.register.domain.imports.retention import stop_imports_of
from egzaminator.staff.domain.acts import withdraw_asked
from egzaminator.staff.domain.membership import administration, has_joined, members_with, roles_of, set_roles
from egzaminator.staff.domain.notifications import administrators, inspectors, notify_of_change
from egzaminator.staff.enums import StaffNews
from egzaminator.staff.errors import LastAdministratorError, MemberGoneError, NotJoinedError, OwnAccountError
from egzaminator.staff.roles import Role
from egzaminator.stored_files.domain.files import delete_files_of


def rename_member(*, member: Account, name: str, by: Actor) -> bool:
    """Change the name of a staff member. Return whether it is another one.

    Raise `NotAdministratorError` or `MemberGoneError`.
    """
    with administration(by=by):
        member = lock_member(member)
        if member.name == name:
            return False
        member.name = name
        member.save(update_fields=["name"])
        record_event(tag=Tag.STAFF_RENAMED, by=by, subject=member.id)
        notify_of_change(member=member, news=StaffNews.RENAMED, by=by)
    return True


def change_member_email(*, member: Account, email: str, by: Actor) -> None:
    """Begin the change of a staff member's work e-mail address.

    The new mailbox gets a link, which takes the account's password as well, so that an administrator cannot take a
    colleague's account over. The former mailbox is told. Raise `OwnAccountError` for one's own account, which has its
    own way; `NotJoinedError`, `NotAdministratorError` or `MemberGoneError`; `ChangesUsedUpError` or `MailsUsedUpError`,
    see `begin_email_change`.
    """
    if member.id == by.account_id:
        raise OwnAccountError
    with administration(by=by):
        member = lock_member(member)
        if not has_joined(member):
            raise NotJoinedError
        notify_of_change(member=member, news=StaffNews.NEW_EMAIL, by=by)
        begin_email_change(account=member, email=email, by=by)


def change_roles(*, member: Account, roles: Iterable[Role], by: Actor) -> bool:
    """Give a staff member these roles and no others. Return whether they are others than before.

    Whoever gives themselves a role is told to the inspectors too. Raise `LastAdministratorError` if nobody else could
    keep the staff, `NotAdministratorError` or `MemberGoneError`.
    """
    with administration(by=by):
        member = lock_member(member)
        before, after = set(roles_of(member)), set(roles)
        if before == after:
            return False
        if Role.ADMINISTRATOR not in after:
            _require_another_administrator(member)
        told = administrators()
        is_own = member.id == by.account_id and bool(after - before)
        if is_own:
            told |= inspectors()
        set_roles(account=member, roles=after)
        record_event(
            tag=Tag.STAFF_ROLES_CHANGED,
            by=by,
            subject=member.id,
            details={"added": sorted(after - before), "removed": sorted(before - after)},
        )
        news = StaffNews.OWN_ROLE if is_own else StaffNews.ROLES
        notify_of_change(member=Account.objects.get(pk=member.pk), news=news, by=by, mailboxes=told)
    return True


def end_member(*, member: Account, by: Actor) -> None:
    """End the account of a staff member who no longer works at the board. Nothing opens it any more.

    At once end: sessions, passkeys and second factors, every mailed link, the invitations of theirs that nobody has
    answered, what they asked for as the first of two persons, their exports with the files, their imports that are not
    applied, the schedule of pages they were to publish, and the mailings that they planned. Raise
    `LastAdministratorError`, `NotAdministratorError` or
    `MemberGoneError`.
    """
    with administration(by=by):
        member = lock_member(member)
        _require_another_administrator(member)
        told = administrators()
        withdraw_asked(member=member, by=by)
        _withdraw_invitations(member)
        delete_exports_of(owner=member.id)
        stop_imports_of(uploader=member.id)
        delete_files_of(owner=member.id)
        hold_planned_by(member=member, by=by)
        retire(account=member, by=Barred.LEFT)
        member.groups.set(Group.objects.none())
        record_event(tag=Tag.STAFF_ENDED, by=by, subject=member.id)
        notify_of_change(member=Account.objects.get(pk=member.pk), news=StaffNews.ENDED, by=by, mailboxes=told)
        hold_scheduled()


def lock_member(member: Account) -> Account:
    """Lock a staff member's account, and return it as it is under the lock. Raise `MemberGoneError` if it is closed."""
    locked = lock_account(account_id=member.id)
    if not locked.is_staff or locked.state == AccountState.CLOSED:
        raise MemberGoneError
    return locked


def _require_another_administrator(member: Account) -> None:
    """Raise `LastAdministratorError` if the member is an administrator, and no other one can log in."""
    ids = set(members_with(Role.ADMINISTRATOR).values_list("pk", flat=True))
    if ids == {member.pk}:
        raise LastAdministratorError


def _withdraw_invitations(member: Account) -> None:
    invited = [account.id for account in Account.objects.filter(invited_by=member) if not has_joined(account)]
    withdraw_links(subjects=invited, purposes=[LinkPurpose.RESET])
