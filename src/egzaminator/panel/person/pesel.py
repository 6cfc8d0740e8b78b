"""The page that shows a whole PESEL, once, for a reason that the person may read."""

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.audit.enums import Tag
from egzaminator.core.typed_text import put_typed_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit, record_view
from egzaminator.panel.domain.looks import record_look
from egzaminator.panel.forms import PeselReasonForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.models import Examiner


@own_form(OwnForm(page="find-examiner", typed=PeselReasonForm, title=_("Show the PESEL"), button=_("Send")))
@permission_required("register.view_pesel")
@lookups_limited
@sensitive_variables("pesel", "context")
@require_http_methods(["GET", "HEAD", "POST"])
def show_pesel(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Ask for the reason and, in answer to it, show the PESEL. It is recorded first, and stands in no URL."""
    by = actor_of(request)
    hit_lookup_limit(by=by, whom=str(examiner_id))
    examiner = get_object_or_404(Examiner.objects.in_register(), pk=examiner_id)
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=request.get_full_path())
    pesel = examiner.pesel
    if pesel is None:
        return redirect("examiner", examiner_id=examiner.id)
    form = PeselReasonForm(request.POST or None)
    if request.method == "GET":
        put_typed_text(form, take_fields(request, cast("Account", request.user), page=request.get_full_path()))
    context: dict[str, object] = {"examiner": examiner, "form": form}
    if request.method == "POST" and form.is_valid():
        record_look(tag=Tag.PESEL_SHOWN, by=by, subject=examiner.id, reason=form.cleaned_data["reason"])
        context["pesel"] = pesel.digits
    else:
        record_view(examiner=examiner, by=by)
    return render(request, "panel/person/pesel.html", context)
