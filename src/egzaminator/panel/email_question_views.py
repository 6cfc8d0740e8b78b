"""The screen on which staff have everybody of a list asked whether their e-mail address is still theirs."""

import uuid
from typing import Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.email_questions import ask_list, askable
from egzaminator.register.domain.selections import find_selection

ASK: Final = "staff.ask_about_email"


@own_form(OwnForm(page="find-examiner"))
@permission_required(ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_emails(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Say how many people of a list would be asked at their next log-in; on POST, have them asked."""
    selection = find_selection(selection_id=selection_id, reader=cast("Account", request.user).id)
    if selection is None:
        raise Http404
    if request.method == "POST":
        count = ask_list(selection=selection, by=actor_of(request))
        messages.success(request, _("They will be asked at their next log-in: %(count)s.") % {"count": count})
        return redirect("examiner-list", selection_id=selection.id)
    return render(request, "panel/ask_emails.html", {"selection": selection, "people": askable(selection).count()})
