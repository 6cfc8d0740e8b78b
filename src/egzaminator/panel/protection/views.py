"""The data protection officer's first screen: what is done here, each on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.panel.access import permission_required
from egzaminator.panel.navigation import VIEW_PROTECTION


@permission_required(VIEW_PROTECTION)
@require_http_methods(["GET", "HEAD"])
def protection(request: HttpRequest) -> HttpResponse:
    """Lead the inspector to the screens of data protection."""
    return render(request, "panel/protection/index.html")
