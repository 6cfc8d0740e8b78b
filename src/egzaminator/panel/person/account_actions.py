"""The staff's actions on an examiner's account.

While an act waits for a second person, no action that opens the account is offered. Freezing never has to wait. Nothing
is offered on a closed account, such as that of an examiner who died: staff cannot reopen it.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.domain.mailboxes import known_emails, known_mailboxes
from egzaminator.accounts.enums import AccountState, ActKind
from egzaminator.accounts.errors import (
    AccountClosedError,
    FrozenAlreadyError,
    NoSecondFactorError,
    NotFrozenError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.actions import FormAction
from egzaminator.panel.forms import FreezeForm, ReasonForm, ResetSecondFactorForm, UnfreezeForm
from egzaminator.staff.domain.act_lists import waiting_act
from egzaminator.staff.domain.acts import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.independence import is_own
from egzaminator.staff.errors import ActWaitsError, AskedTooOftenError, OwnAccountError

_ASKED: Final = _("It waits for another member of the staff to confirm it. The owner has been told by e-mail.")
_OWN: Final = _("This account had your own mailbox: another member of the staff has to help its owner.")
_CHANGED: Final = _("Somebody else has just changed this account. Look at it again.")
_TOO_OFTEN: Final = _(
    "The staff have asked about this account three times within a day, and the owner was told each time: ask again "
    "tomorrow, or tell the administrator."
)
_NOTICES: Final = {
    OwnAccountError: (messages.WARNING, _OWN),
    **dict.fromkeys(
        (NotFrozenError, AccountClosedError, UnknownMailboxError, NoSecondFactorError, ActWaitsError),
        (messages.WARNING, _CHANGED),
    ),
}


def _freeze(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    if is_own(account=account, member=cast("Account", request.user)):
        raise OwnAccountError
    freeze_by_staff(account=account, reason=fields["reason"], by=actor_of(request))
    return _("The account is frozen: everybody is logged out, and nobody can log in.")


def _unfreeze(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    member = cast("Account", request.user)
    act = give_back(
        account=account, reason=fields["reason"], email=fields["email"], member=member, ip=client_ip(request)
    )
    return _ASKED if act else _("The account is unfrozen. The link to set a new password by is on its way.")


def _reset_second_factor(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
    member = cast("Account", request.user)
    kind = ActKind.RESET_SECOND_FACTOR
    ask(kind=kind, account=account, reason=fields["reason"], member=member, ip=client_ip(request))
    return _ASKED


def _unfreeze_form(account: Account, member: Account, sent: QueryDict | None) -> UnfreezeForm:
    known = known_mailboxes(account=account, asked_by=member.id)
    return UnfreezeForm(sent, emails=known_emails(account=account), known=known)


def _has_factor(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account).exists())


def _may_reset_second_factor(account: Account) -> bool:
    return account.state != AccountState.CLOSED and waiting_act(account=account) is None and _has_factor(account)


ACCOUNT_ACTIONS: Final = (
    FormAction(
        name="freeze-examiner",
        permission="staff.freeze_account",
        path="zablokuj",
        title=_("Freeze the account"),
        typed=FreezeForm,
        form=lambda _account, _member, sent: FreezeForm(sent),
        run=_freeze,
        notices={
            FrozenAlreadyError: (messages.INFO, _("The account was frozen already.")),
            OwnAccountError: (messages.WARNING, _OWN),
        },
        needs_confirmation=False,
        is_offered=lambda account: account.is_active,
    ),
    FormAction(
        name="unfreeze",
        permission="staff.give_back_account",
        path="odblokuj",
        title=_("Unfreeze the account"),
        typed=ReasonForm,
        form=_unfreeze_form,
        run=_unfreeze,
        notices=_NOTICES,
        form_errors={AskedTooOftenError: _TOO_OFTEN},
        context=lambda account: {"has_factor": _has_factor(account)},
        is_offered=lambda account: account.state == AccountState.FROZEN and waiting_act(account=account) is None,
    ),
    FormAction(
        name="reset-second-factor",
        permission="staff.reset_second_factor",
        path="drugi-skladnik",
        title=_("Take the second factor away"),
        typed=ResetSecondFactorForm,
        form=lambda _account, _member, sent: ResetSecondFactorForm(sent),
        run=_reset_second_factor,
        notices=_NOTICES,
        form_errors={AskedTooOftenError: _TOO_OFTEN},
        is_offered=_may_reset_second_factor,
    ),
)
