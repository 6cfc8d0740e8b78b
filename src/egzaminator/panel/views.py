from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.kernel.requests import client_address
from egzaminator.panel.domain.look_up_case import look_up_case
from egzaminator.panel.forms import CaseForm


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest) -> HttpResponse:
    """Let staff look up the true reason behind a case code."""
    staff = request.user
    if not isinstance(staff, Account) or not staff.is_staff:
        raise PermissionDenied
    form = CaseForm(request.POST or None)
    case = None
    if request.method == "POST" and form.is_valid():
        case = look_up_case(case_code=form.cleaned_data["case_code"], actor=staff.id, address=client_address(request))
        if case is None:
            form.add_error("case_code", form.unknown_case)
    return render(request, "panel/panel.html", {"form": form, "case": case})
