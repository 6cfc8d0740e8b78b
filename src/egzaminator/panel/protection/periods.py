"""The retention periods in force, and what each run of retention deleted."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.audit.domain.retention import rule_states
from egzaminator.audit.models import RetentionDay
from egzaminator.core.paging import number_cursor_of, page_after, row_at
from egzaminator.panel.access import permission_required
from egzaminator.panel.navigation import VIEW_PROTECTION

_DAYS_A_PAGE: Final = 60


@permission_required(VIEW_PROTECTION)
@require_http_methods(["GET", "HEAD"])
def periods(request: HttpRequest) -> HttpResponse:
    """Show every retention rule with its last run, and name those that are late."""
    states = rule_states()
    late = [state for state in states if state.is_late]
    return render(request, "panel/protection/periods.html", {"states": states, "late": late})


@permission_required(VIEW_PROTECTION)
@require_http_methods(["GET", "HEAD"])
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """Show one retention rule: what it deletes and why, and the days on which it ran, the newest first."""
    state = next((state for state in rule_states() if state.rule.name == name), None)
    if state is None:
        raise Http404
    days = RetentionDay.objects.filter(rule=name)
    page = page_after(row_at(days, number_cursor_of(request)), days, by="-day", size=_DAYS_A_PAGE)
    return render(request, "panel/protection/rule.html", {"state": state, "page": page})
