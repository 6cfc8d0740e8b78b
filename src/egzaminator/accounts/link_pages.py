from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from egzaminator.accounts.errors import LinkError, LinkExpiredError, LinkUnknownError, LinkUsedError

_REASONS = {LinkUnknownError: "unknown", LinkUsedError: "used", LinkExpiredError: "expired"}


def dead_link(request: HttpRequest, error: LinkError, template: str) -> HttpResponse:
    """Say why a mailed link does nothing any more, and what to do: 404 for an unknown one, else 410."""
    reason = _REASONS.get(type(error), "withdrawn")
    return render(request, template, {"reason": reason}, status=404 if reason == "unknown" else 410)
