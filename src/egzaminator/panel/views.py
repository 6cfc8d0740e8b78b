"""The panel's screens for case codes, for the settings, and for the staff's own account."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required, staff_only
from egzaminator.panel.advice import advise_on_refusal
from egzaminator.panel.domain.examiner_lookup import find_case
from egzaminator.panel.domain.lists import list_undecryptable
from egzaminator.panel.forms import CaseForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.navigation import ALLOW_ALONE, CHANGE_BOARD, CHANGE_CONTACT


@permission_required("staff.look_up_case")
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest) -> HttpResponse:
    """Let staff look up the true reason behind a case code."""
    form = CaseForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["case_code"]
        found = find_case(case_code=code, by=actor_of(request))
        if found is None:
            form.add_error("case_code", form.unknown_case)
    context = {
        "form": form,
        "case": found,
        "advice": advise_on_refusal(found.reason, examiner=found.examiner, account=found.account) if found else None,
        "unreadable": list_undecryptable(),
    }
    return render(request, "panel/case.html", context)


@staff_only
@require_http_methods(["GET", "HEAD"])
def own_account(request: HttpRequest) -> HttpResponse:
    """Show staff links to their own password, e-mail, second factor and devices."""
    return render(request, "panel/own_account.html")


@staff_only
@require_http_methods(["GET", "HEAD"])
def settings(request: HttpRequest) -> HttpResponse:
    """Lead staff to the settings that they may change."""
    if not any(request.user.has_perm(name) for name in (CHANGE_BOARD, CHANGE_CONTACT, ALLOW_ALONE)):
        raise PermissionDenied
    return render(request, "panel/settings.html")
