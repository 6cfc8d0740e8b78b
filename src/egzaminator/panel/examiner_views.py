"""Views for helping one examiner: the search, and the page with the state of their account and e-mails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff, hit_lookup_limit
from egzaminator.panel.domain.lists import list_blocked, list_stopped
from egzaminator.panel.forms import ExaminerForm
from egzaminator.panel.list_views import LIST_EXAMINERS, everybody
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.staff.domain.act_lists import list_acts


@permission_required("register.view_examiner")
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """List the register to whoever may list it. Let others find an examiner by what they say on the telephone.

    The latter also see the accounts that wait for a decision, in pages.
    """
    if request.user.has_perm(LIST_EXAMINERS):
        return everybody(request)
    form = ExaminerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["asked"]
        examiner = find_examiner_for_staff(asked=asked, by=actor_of(request))
        if examiner is not None:
            return redirect("examiner", examiner_id=examiner.id)
        form.add_error("asked", form.unknown)
    context: dict[str, object] = {"form": form}
    if request.user.has_perm("staff.view_act"):
        context |= _waiting(request)
    return render(request, "panel/find_examiner.html", context)


def _waiting(request: HttpRequest) -> dict[str, object]:
    after = cursor_of(request)
    blocked, acts, stopped = list_blocked(after=after), list_acts(of_staff=False), list_stopped()
    if blocked.rows or acts or stopped:
        hit_lookup_limit(by=actor_of(request), whom=f"blocked\0{after}")
    return {"blocked": blocked, "acts": acts, "stopped": stopped}
