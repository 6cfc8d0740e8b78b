"""Views in which a second staff member sees and decides an act by two persons."""

import uuid
from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.access import staff_only
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.staff.domain import acts
from egzaminator.staff.domain.independence import may_confirm, may_refuse
from egzaminator.staff.errors import ActClosedError, NotIndependentError
from egzaminator.staff.models import Act


@staff_only
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def act(request: HttpRequest, act_id: uuid.UUID) -> HttpResponse:
    """Show a waiting act: on the examiner's page if it is about an examiner, on its own page if about a colleague."""
    found = get_object_or_404(Act.objects.select_related("account__examiner", "asked_by"), pk=act_id)
    if found.account.examiner_id or not found.is_waiting:
        return redirect(_page_of(found))
    _count(request, found)
    return render(request, "panel/act_page.html", act_context(request, found))


@own_form(OwnForm(page="find-examiner"))
@staff_only
@lookups_limited
@require_http_methods(["POST"])
def confirm(request: HttpRequest, act_id: uuid.UUID) -> HttpResponse:
    """Confirm an act that another staff member asked for, which carries it out."""
    return _answer(request, act_id, acts.confirm, _("It is done, and the owner has been told by e-mail."))


@own_form(OwnForm(page="find-examiner"))
@staff_only
@lookups_limited
@require_http_methods(["POST"])
def refuse(request: HttpRequest, act_id: uuid.UUID) -> HttpResponse:
    """Refuse an act that another staff member asked for, or withdraw the staff member's own request."""
    return _answer(request, act_id, acts.refuse, _("It is not done, and the owner has been told by e-mail."))


def act_context(request: HttpRequest, found: Act | None) -> dict[str, object]:
    """Return the context of `panel/act.html`: the act, and what the logged-in staff member may do about it."""
    if found is None:
        return {"act": None}
    staff = cast("Account", request.user)
    confirmed = has_reauthenticated(request)
    return {
        "act": found,
        "act_has_objection": acts.has_objection(act=found),
        "may_confirm_act": may_confirm(act=found, member=staff),
        "may_refuse_act": may_refuse(act=found, member=staff),
        "is_own_act": found.asked_by_id == staff.id,
        "confirm_first": None if confirmed else reauthentication_url(back_to=_page_of(found)),
    }


def _answer(request: HttpRequest, act_id: uuid.UUID, decide: Callable[..., None], said: str) -> HttpResponse:
    found = get_object_or_404(Act.objects.select_related("account"), pk=act_id)
    _count(request, found)
    page = _page_of(found)
    if not has_reauthenticated(request):
        return redirect(reauthentication_url(back_to=page))
    try:
        decide(act_id=act_id, member=cast("Account", request.user), ip=client_ip(request))
    except ActClosedError:
        messages.warning(request, _("This waits for nobody any more: it was decided, is too old, or things changed."))
    except NotIndependentError:
        messages.warning(request, _("You can't decide this: another member of the staff has to."))
    else:
        messages.success(request, said)
    return redirect(page if found.account.examiner_id else "find-examiner")


def _count(request: HttpRequest, found: Act) -> None:
    """Count a look-up of the person whom the act is about."""
    whom = str(found.account.examiner_id or found.account_id)
    hit_lookup_limit(by=actor_of(request), whom=whom)


def _page_of(found: Act) -> str:
    if found.account.examiner_id:
        return reverse("examiner", args=[found.account.examiner_id])
    return reverse("act", args=[found.id]) if found.is_waiting else reverse("find-examiner")
