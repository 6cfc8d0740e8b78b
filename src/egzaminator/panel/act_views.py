"""Views in which a second staff member sees and decides an act by two persons."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.access import staff_only
from egzaminator.panel.actions import StaffAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.staff.domain.acts import confirm, has_objection, refuse
from egzaminator.staff.domain.independence import may_confirm, may_refuse
from egzaminator.staff.errors import ActClosedError, NotIndependentError
from egzaminator.staff.models import Act


@staff_only
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def act(request: HttpRequest, act_id: uuid.UUID) -> HttpResponse:
    """Show a waiting act: on the examiner's page if it is about an examiner, on its own page if about a colleague."""
    found = _act(act_id)
    if found.account.examiner_id or not found.is_waiting:
        return redirect(_url(found))
    _count(request, found)
    return _show(request, found)


def act_context(request: HttpRequest, found: Act | None) -> dict[str, object]:
    """Return the context of `panel/act.html`: the act, and what the logged-in staff member may do about it."""
    if found is None:
        return {"act": None}
    member = cast("Account", request.user)
    return {
        "act": found,
        "act_has_objection": has_objection(act=found),
        "may_confirm_act": may_confirm(act=found, member=member),
        "may_refuse_act": may_refuse(act=found, member=member),
        "is_own_act": found.asked_by_id == member.id,
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=_url(found)),
    }


def _act(act_id: uuid.UUID) -> Act:
    return get_object_or_404(Act.objects.select_related("account__examiner", "asked_by"), pk=act_id)


def _counted_act(request: HttpRequest, act_id: uuid.UUID) -> Act:
    found = _act(act_id)
    _count(request, found)
    return found


def _count(request: HttpRequest, found: Act) -> None:
    """Count a look-up of the person whom the act is about."""
    hit_lookup_limit(by=actor_of(request), whom=str(found.account.examiner_id or found.account_id))


def _url(found: Act) -> str:
    if not found.account.examiner_id and found.is_waiting:
        return reverse("act", args=[found.id])
    return _url_afterwards(found)


def _url_afterwards(found: Act) -> str:
    examiner_id = found.account.examiner_id
    return reverse("examiner", args=[examiner_id]) if examiner_id else reverse("find-examiner")


def _show(request: HttpRequest, found: Act, _sent: Mapping[str, object] | None = None) -> HttpResponse:
    return render(request, "panel/act_page.html", act_context(request, found))


ACT_PAGE: Final = SubjectPage(find=_counted_act, url=_url, url_afterwards=_url_afterwards, show=_show)


def _decision(
    decide: Callable[..., None], message: Promise
) -> Callable[[HttpRequest, Act, Mapping[str, Any]], Promise]:
    def run(request: HttpRequest, found: Act, _fields: Mapping[str, Any]) -> Promise:
        decide(act_id=found.id, member=cast("Account", request.user), ip=client_ip(request))
        return message

    return run


_NOTICES: Final = {
    ActClosedError: (
        messages.WARNING,
        _("This waits for nobody any more: it was decided, is too old, or things changed."),
    ),
    NotIndependentError: (
        messages.WARNING,
        _("You can't decide this: another member of the staff has to."),
    ),
}
ACT_ACTIONS: Final = (
    StaffAction(
        name="confirm-act",
        path="potwierdz",
        run=_decision(confirm, _("It is done, and the owner has been told by e-mail.")),
        notices=_NOTICES,
    ),
    StaffAction(
        name="refuse-act",
        path="odmow",
        run=_decision(refuse, _("It is not done, and the owner has been told by e-mail.")),
        notices=_NOTICES,
    ),
)
