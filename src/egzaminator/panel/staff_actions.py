"""The administrators' actions on the account of a colleague."""

from collections.abc import Mapping
from typing import Any, Final, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.enums import AccountState, ActKind
from egzaminator.accounts.errors import AccountClosedError, ChangesUsedUpError, NoSecondFactorError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.panel.actions import FormAction
from egzaminator.panel.navigation import MANAGE_STAFF
from egzaminator.panel.staff_forms import MemberEmailForm, MemberFactorForm, RenameForm, RolesForm
from egzaminator.staff.domain.act_lists import waiting_act
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.invitations import invite_again
from egzaminator.staff.domain.members import change_member_email, change_roles, end_member, rename_member
from egzaminator.staff.domain.membership import has_joined, roles_of
from egzaminator.staff.errors import (
    ActWaitsError,
    AskedTooOftenError,
    LastAdministratorError,
    MemberGoneError,
    MemberJoinedError,
    NotAdministratorError,
    NotJoinedError,
    OwnAccountError,
)

_UNCHANGED: Final = _("Nothing was changed.")
_CHANGED: Final = _("Somebody else has just changed this account. Look at it again.")
_NOTICES: Final[Mapping[type[Exception], tuple[int, Promise]]] = {
    **dict.fromkeys(
        (MemberGoneError, MemberJoinedError, NotJoinedError, ActWaitsError, AccountClosedError, NoSecondFactorError),
        (messages.WARNING, _CHANGED),
    ),
    NotAdministratorError: (messages.ERROR, _("You are no longer an administrator. Nothing was changed.")),
    LastAdministratorError: (
        messages.ERROR,
        _("This is the last administrator. Make somebody else an administrator first. Nothing was changed."),
    ),
    OwnAccountError: (messages.WARNING, _("This is your own account: change it in “My account”.")),
    ChangesUsedUpError: (messages.WARNING, _("The address was changed three times today. Try again tomorrow.")),
    MailsUsedUpError: (messages.WARNING, _("Too many e-mails went to this mailbox today. Try again tomorrow.")),
}


def _rename(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    is_changed = rename_member(member=account, name=fields["name"], by=actor_of(request))
    return _("The name is changed. The administrators were told.") if is_changed else _UNCHANGED


def _change_email(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    change_member_email(member=account, email=fields["email"], by=actor_of(request))
    return _("The new mailbox has to confirm the address by a link. The former one was told.")


def _change_roles(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    is_changed = change_roles(member=account, roles=fields["roles"], by=actor_of(request))
    return _("The roles are changed. The administrators were told.") if is_changed else _UNCHANGED


def _invite_again(request: HttpRequest, account: Account, _fields: Mapping[str, Any]) -> Promise:
    invite_again(member=account, by=actor_of(request))
    return _("The invitation is on its way again. Earlier links no longer work.")


def _reset_factor(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    ask(
        kind=ActKind.RESET_SECOND_FACTOR,
        account=account,
        reason=fields["reason"],
        member=cast("Account", request.user),
        ip=client_ip(request),
    )
    return _("It waits for another administrator to confirm it. The owner has been told by e-mail.")


def _end(request: HttpRequest, account: Account, _fields: Mapping[str, Any]) -> Promise:
    end_member(member=account, by=actor_of(request))
    return _("The account is ended: its owner is logged out everywhere, and nothing opens it any more.")


def _is_open(account: Account) -> bool:
    return account.state != AccountState.CLOSED


def _may_reset_factor(account: Account) -> bool:
    has_factor = Authenticator.objects.filter(user=account).exists()
    return _is_open(account) and has_factor and waiting_act(account=account) is None


MEMBER_ACTIONS: Final = (
    FormAction(
        name="invite-again",
        path="zaproszenie",
        permission=MANAGE_STAFF,
        title=_("Invite again"),
        run=_invite_again,
        notices=_NOTICES,
        is_offered=lambda account: account.is_active and not has_joined(account),
    ),
    FormAction(
        name="member-roles",
        path="role",
        permission=MANAGE_STAFF,
        title=_("Change the roles"),
        typed=RolesForm,
        form=lambda account, _member, sent: RolesForm(sent, initial={"roles": roles_of(account)}),
        run=_change_roles,
        notices=_NOTICES,
        is_offered=_is_open,
    ),
    FormAction(
        name="rename-member",
        path="nazwisko",
        permission=MANAGE_STAFF,
        title=_("Change the name"),
        typed=RenameForm,
        form=lambda account, _member, sent: RenameForm(sent, initial={"name": account.name}),
        run=_rename,
        notices=_NOTICES,
        is_offered=_is_open,
    ),
    FormAction(
        name="member-email",
        path="adres",
        permission=MANAGE_STAFF,
        title=_("Change the work e-mail address"),
        typed=MemberEmailForm,
        form=lambda _account, _member, sent: MemberEmailForm(sent),
        run=_change_email,
        notices=_NOTICES,
        is_offered=lambda account: account.is_active and has_joined(account),
    ),
    FormAction(
        name="reset-member-factor",
        path="drugi-skladnik",
        permission=MANAGE_STAFF,
        title=_("Take the second factor away"),
        typed=MemberFactorForm,
        form=lambda _account, _member, sent: MemberFactorForm(sent),
        run=_reset_factor,
        notices=_NOTICES,
        form_errors={
            AskedTooOftenError: _("This was asked for three times within a day: ask again tomorrow."),
        },
        is_offered=_may_reset_factor,
    ),
    FormAction(
        name="end-member",
        path="zakoncz",
        permission=MANAGE_STAFF,
        title=_("End the account"),
        run=_end,
        notices=_NOTICES,
        is_offered=_is_open,
    ),
)
