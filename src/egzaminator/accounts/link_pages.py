"""What all pages behind mailed links have in common."""

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

    The token stays in the address: browsers send no more than the site's name on to what the page loads, so that it
    stands in no log as a referrer, and error reports leave it out.
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
    """Say why a mailed link does nothing any more, and what to do: 404 for an unknown one, else 410.

    Takes the template, and what it shows of the state that things are in now: that a link was used says nothing about
    what happened since.
    """
    reason = _REASONS.get(type(error), "withdrawn")
    return render(request, template, {"reason": reason, **now}, status=404 if reason == "unknown" else 410)
