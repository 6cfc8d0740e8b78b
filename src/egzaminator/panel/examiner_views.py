"""Views for helping one examiner: the search, and the page with the state of their account and e-mails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff
from egzaminator.panel.forms import ExaminerForm
from egzaminator.panel.list_views import LIST_EXAMINERS, everybody
from egzaminator.panel.lookup_limit import lookups_limited


@permission_required("register.view_examiner")
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """List the register to whoever may list it. Let others find an examiner by what they say on the telephone."""
    if request.user.has_perm(LIST_EXAMINERS):
        return everybody(request)
    form = ExaminerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["asked"]
        examiner = find_examiner_for_staff(asked=asked, by=actor_of(request))
        if examiner is not None:
            return redirect("examiner", examiner_id=examiner.id)
        form.add_error("asked", form.unknown)
    return render(request, "panel/find_examiner.html", {"form": form})
