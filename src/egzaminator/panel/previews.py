from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_POLICY: Final = "Content-Security-Policy"


def framed(view: View) -> View:
    """Let the editor's window frame a page that it previews.

    Wagtail draws the page through the whole middleware, as a visitor would get it, and hands its answer on: with the
    headers that forbid every frame. In them alone this very site is named instead; the rest of a visitor's policy
    stays, so that a preview runs no script that the page would not.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.has_header(_POLICY):  # the editor's own answers get theirs later
            response[_POLICY] = response[_POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return guarded
