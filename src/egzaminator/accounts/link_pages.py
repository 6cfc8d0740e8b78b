"""Shared parts of all pages behind mailed links."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.errors import LinkError, LinkExpiredError, LinkUnknownError, LinkUsedError

_REASONS = {LinkUnknownError: "unknown", LinkUsedError: "used", LinkExpiredError: "expired"}


def link_page(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Make a view the page behind a mailed link.

    The token stays in the URL. The page's `Referrer-Policy` sends only the site's origin with further requests, so the
    token reaches no log as a referrer. Error reports omit the token.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @sensitive_post_parameters()
    @sensitive_variables("token")
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


def dead_link(request: HttpRequest, error: LinkError, template: str, **now: object) -> HttpResponse:
    """Return the page that says why a mailed link no longer works, and what to do instead.

    The status is 404 for an unknown link, else 410. Takes the template, and as keywords the present state that the page
    describes. The error is not enough for that: that a link was used says nothing about what has happened since.
    """
    reason = _REASONS.get(type(error), "withdrawn")
    return render(request, template, {"reason": reason, **now}, status=404 if reason == "unknown" else 410)
