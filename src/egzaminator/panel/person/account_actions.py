"""The staff's actions on an examiner's account.

While an act waits for a second person, no action that opens the account is offered. Freezing never has to wait. Nothing
is offered on a closed account, such as that of an examiner who died: staff cannot reopen it.
"""

from collections.abc import Callable, Mapping
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
    SameEmailError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.actions import FormAction
from egzaminator.panel.forms import CorrectEmailForm, FreezeForm, ReasonForm, ResetSecondFactorForm, UnfreezeForm
from egzaminator.staff.domain.act_lists import waiting_act
from egzaminator.staff.domain.alone import may_ask_alone
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.independence import is_own
from egzaminator.staff.errors import (
    ActWaitsError,
    AloneNotAllowedError,
    AskedTooOftenError,
    NobodyToTellError,
    OwnAccountError,
)
from egzaminator.staff.models import Act

_ASKED: Final = _("It waits for another member of the staff to confirm it. The owner has been told by e-mail.")
_ASKED_ALONE: Final = _(
    "It will be done in 48 hours, unless a mailbox of the owner objects. The owner has been told by e-mail."
)
_OWN: Final = _("This account had your own mailbox: another member of the staff has to help its owner.")
_CHANGED: Final = _("Somebody else has just changed this account. Look at it again.")
_TOO_OFTEN: Final = _(
    "The staff have asked about this account three times within a day, and the owner was told each time: ask again "
    "tomorrow, or tell the administrator."
)
ASK_ERRORS: Final = {
    AskedTooOftenError: _TOO_OFTEN,
    AloneNotAllowedError: _("Nobody may act alone in the panel any more. Take the tick away: a second person confirms"),
    NobodyToTellError: _(
        "There is no other known mailbox that could object. Take the tick away: a second person confirms"
    ),
}
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
        account=account,
        reason=fields["reason"],
        email=fields["email"],
        member=member,
        ip=client_ip(request),
        is_alone=fields.get("alone", False),
    )
    return (
        asked_in_words(act) if act else _("The account is unfrozen. The link to set a new password by is on its way.")
    )


def _ask(kind: ActKind) -> Callable[[HttpRequest, Account, Mapping[str, Any]], Promise]:
    def run(request: HttpRequest, account: Account, fields: Mapping[str, Any]) -> Promise:
        act = ask(
            kind=kind,
            account=account,
            reason=fields["reason"],
            email=fields.get("email", ""),
            member=cast("Account", request.user),
            ip=client_ip(request),
            is_alone=fields.get("alone", False),
        )
        return asked_in_words(act)

    return run


def asked_in_words(act: Act) -> Promise:
    """Return what staff are told about an act that they have asked for."""
    return _ASKED_ALONE if act.alone_at else _ASKED


def _unfreeze_form(account: Account, member: Account, sent: QueryDict | None) -> UnfreezeForm:
    known = known_mailboxes(account=account, asked_by=member.id)
    emails = known_emails(account=account)
    return UnfreezeForm(sent, emails=emails, known=known, may_be_alone=may_ask_alone(member=member))


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
        form_errors=ASK_ERRORS,
        context=lambda account: {"has_factor": _has_factor(account)},
        is_offered=lambda account: account.state == AccountState.FROZEN and waiting_act(account=account) is None,
    ),
    FormAction(
        name="reset-second-factor",
        permission="staff.reset_second_factor",
        path="drugi-skladnik",
        title=_("Take the second factor away"),
        typed=ResetSecondFactorForm,
        form=lambda _account, member, sent: ResetSecondFactorForm(sent, may_be_alone=may_ask_alone(member=member)),
        run=_ask(ActKind.RESET_SECOND_FACTOR),
        notices=_NOTICES,
        form_errors=ASK_ERRORS,
        is_offered=_may_reset_second_factor,
    ),
    FormAction(
        name="correct-email",
        permission="staff.correct_email",
        path="adres",
        title=_("Correct the address"),
        typed=CorrectEmailForm,
        form=lambda _account, member, sent: CorrectEmailForm(sent, may_be_alone=may_ask_alone(member=member)),
        run=_ask(ActKind.CORRECT_EMAIL),
        notices=_NOTICES,
        form_errors={**ASK_ERRORS, SameEmailError: CorrectEmailForm.is_the_present},
        is_offered=lambda account: account.state != AccountState.CLOSED and waiting_act(account=account) is None,
    ),
)
