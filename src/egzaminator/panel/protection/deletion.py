"""Asking, on the request of its owner, that an account is deleted with its details. The board's records confirm it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.enums import AccountState, ActKind
from egzaminator.accounts.errors import AccountClosedError
from egzaminator.accounts.models import Account
from egzaminator.core.requests import client_ip
from egzaminator.panel.act_views import ASK_DELETION
from egzaminator.panel.actions import FormAction
from egzaminator.panel.person.account_actions import ASK_ERRORS
from egzaminator.panel.protection.deletion_forms import DeletionForm
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.act_lists import waiting_act
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.errors import ActWaitsError, OwnAccountError

_ASKED: Final = _(
    "It waits in “To be reviewed” for somebody who keeps the register. The owner has been told by e-mail."
)
_OWN: Final = _("This record is, or was, your own: a colleague has to ask for it.")
_NO_ACCOUNT: Final = _(
    "This person has no account, so there is nothing to delete. An account form that nobody activates is deleted by "
    "itself after 37 days, and the help desk can stop it before."
)
_CLOSED: Final = _(
    "The account is closed, because the register records the death. It is deleted by itself when its time is over."
)
_WAITS: Final = _("Something else about this account waits for a second person. It has to be decided first.")


def _account_of(examiner: Examiner) -> Account | None:
    return Account.objects.filter(examiner=examiner).first()


def _context(examiner: Examiner) -> Mapping[str, object]:
    """Return why there is nothing to delete, or why it cannot be deleted now; nothing if it can."""
    account = _account_of(examiner)
    if account is None:
        return {"why_not": _NO_ACCOUNT}
    if account.state == AccountState.CLOSED:
        return {"why_not": _CLOSED}
    return {"why_not": _WAITS if waiting_act(account=account) else ""}


def _run(request: HttpRequest, examiner: Examiner, fields: Mapping[str, Any]) -> Promise:
    account = _account_of(examiner)
    if account is None:
        raise AccountClosedError
    ask(
        kind=ActKind.DELETE,
        account=account,
        reason=fields["reason"],
        member=cast("Account", request.user),
        ip=client_ip(request),
    )
    return _ASKED


ASK_TO_DELETE: Final = FormAction(
    name="ask-deletion",
    permission=ASK_DELETION,
    path="usun-konto",
    title=_("Delete the account"),
    typed=DeletionForm,
    form=lambda _examiner, _member, sent: DeletionForm(sent),
    run=_run,
    context=_context,
    notices={
        OwnAccountError: (messages.WARNING, _OWN),
        ActWaitsError: (messages.WARNING, _WAITS),
        AccountClosedError: (messages.WARNING, _("There is no account to delete any more.")),
    },
    form_errors=ASK_ERRORS,
    # The page is there for everybody: where nothing can be deleted, it says why.
    is_offered=lambda _examiner: True,
)
