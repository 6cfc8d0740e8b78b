"""Views in which a second staff member sees and decides an act by two persons."""

import uuid
from collections.abc import Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.mailboxes import is_shared
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.access import permission_required
from egzaminator.panel.actions import StaffAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.person.sides import sides_of
from egzaminator.records.errors import ImportUnderWayError
from egzaminator.staff.domain.acts import confirm, has_objection, refuse
from egzaminator.staff.domain.independence import may_confirm, may_refuse
from egzaminator.staff.errors import ActClosedError, NotIndependentError, ObjectionError
from egzaminator.staff.models import Act

ASK_DELETION: Final = "staff.ask_deletion"


@permission_required("staff.view_act")
@require_http_methods(["GET", "HEAD"])
def act(request: HttpRequest, act_id: uuid.UUID) -> HttpResponse:
    """Lead to the page of the examiner or colleague whom an act is about, which shows it while it waits."""
    return redirect(_url(_act(request, act_id)))


def act_context(request: HttpRequest, found: Act | None) -> dict[str, object]:
    """Return the context of `panel/act.html`: the act, and what the logged-in staff member may do about it."""
    if found is None:
        return {"act": None}
    member = cast("Account", request.user)
    may_answer = member.has_perm("staff.answer_act")
    return {
        "act": found,
        "sides": sides_of(found) if found.kind == ActKind.JOIN else [],
        "act_has_objection": has_objection(act=found),
        "act_shares_email": found.kind == ActKind.CORRECT_EMAIL and is_shared(email=found.email, account=found.account),
        "may_confirm_act": may_answer and may_confirm(act=found, member=member),
        "may_refuse_act": may_answer and may_refuse(act=found, member=member),
        "is_own_act": found.asked_by_id == member.id,
        "may_withdraw_act": not may_answer and found.asked_by_id == member.id and member.has_perm(ASK_DELETION),
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=_url(found)),
    }


def _act(request: HttpRequest, act_id: uuid.UUID) -> Act:
    """Return an act. Raise `PermissionDenied` for who may not see whom it is about: an examiner, or a colleague."""
    found = get_object_or_404(
        Act.objects.select_related("account__examiner", "closed_account__examiner", "asked_by"), pk=act_id
    )
    if not request.user.has_perm("staff.manage_staff" if found.account.is_staff else "register.view_examiner"):
        raise PermissionDenied
    return found


def _counted_act(request: HttpRequest, act_id: uuid.UUID) -> Act:
    found = _act(request, act_id)
    _count(request, found)
    return found


def _count(request: HttpRequest, found: Act) -> None:
    """Count a look-up of the person whom the act is about, or of both records of a joining."""
    for account in found.accounts:
        hit_lookup_limit(by=actor_of(request), whom=str(account.examiner_id or account.id))


def _url(found: Act) -> str:
    """Return the URL of the page that shows the act."""
    examiner_id = found.account.examiner_id
    return reverse("examiner", args=[examiner_id]) if examiner_id else reverse("member", args=[found.account_id])


ACT_PAGE: Final = SubjectPage(
    find=_counted_act, url=_url, list_view="own-account", name=lambda found: found.account.display_name
)


def _confirm(request: HttpRequest, found: Act, _fields: Mapping[str, Any]) -> Promise:
    confirm(
        act_id=found.id,
        member=cast("Account", request.user),
        ip=client_ip(request),
        knows_objection="knows_objection" in request.POST,
    )
    if found.kind == ActKind.CORRECT_EMAIL:
        return _("The link is on its way to the new address, which counts once its reader has confirmed it.")
    return _("It is done, and the owner has been told by e-mail.")


def _refuse(request: HttpRequest, found: Act, _fields: Mapping[str, Any]) -> Promise:
    refuse(act_id=found.id, member=cast("Account", request.user), ip=client_ip(request))
    return _("It is not done, and the owner has been told by e-mail.")


def _withdraw(request: HttpRequest, found: Act, _fields: Mapping[str, Any]) -> Promise:
    """Take back what the inspector asked for, who answers nothing else."""
    if found.asked_by_id != cast("Account", request.user).id:
        raise NotIndependentError
    return _refuse(request, found, _fields)


_NOTICES: Final = {
    ImportUnderWayError: (
        messages.WARNING,
        _("A register file is being read in, so nothing was done. Confirm it again in a few minutes."),
    ),
    ActClosedError: (
        messages.WARNING,
        _("This waits for nobody any more: it was decided, is too old, or things changed."),
    ),
    NotIndependentError: (
        messages.WARNING,
        _("You can't decide this: another member of the staff has to."),
    ),
    ObjectionError: (
        messages.WARNING,
        _("Somebody has objected since you opened this page. Nothing was done: read it again before you decide."),
    ),
}
ACT_ACTIONS: Final = (
    StaffAction(
        name="confirm-act",
        path="potwierdz",
        permission="staff.answer_act",
        run=_confirm,
        notices=_NOTICES,
    ),
    StaffAction(
        name="refuse-act",
        path="odmow",
        permission="staff.answer_act",
        run=_refuse,
        notices=_NOTICES,
    ),
    StaffAction(
        name="withdraw-act",
        path="wycofaj",
        permission=ASK_DELETION,
        run=_withdraw,
        notices=_NOTICES,
    ),
)
