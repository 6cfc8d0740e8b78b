"""The screen with what waits for somebody at the board: second persons, stopped forms, frozen accounts."""

from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.lists import list_blocked, list_stopped
from egzaminator.panel.domain.looks import record_list
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.staff.domain.act_lists import list_acts

VIEW_EXAMINER: Final = "register.view_examiner"


@permission_required("staff.view_act")
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest) -> HttpResponse:
    """List what waits. A page that names anybody counts as one look-up.

    Staff who may not view examiners see what is about colleagues.
    """
    acts = list_acts(member=cast("Account", request.user))
    if not request.user.has_perm(VIEW_EXAMINER):
        return render(request, "panel/review.html", {"acts": acts})
    after = cursor_of(request)
    stopped, blocked = list_stopped(), list_blocked(after=after)
    if acts or stopped or blocked.rows:
        hit_lookup_limit(by=actor_of(request), whom=f"review\0{after}")
        asked_about = [account.examiner_id for act in acts for account in act.accounts]
        on_page = [*asked_about, *(claim.examiner_id for claim in stopped), *(one.id for one in blocked.rows)]
        record_list(people=on_page, by=actor_of(request))
    return render(request, "panel/review.html", {"acts": acts, "stopped": stopped, "blocked": blocked})
