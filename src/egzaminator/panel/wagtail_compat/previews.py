from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_POLICY: Final = "Content-Security-Policy"


def framed(view: View) -> View:
    """Let the page editor show a preview in a frame.

    Wagtail renders the preview through the whole middleware, as a visitor would get it, so its headers forbid framing.
    Only these headers are changed, to allow this site itself. The rest of the visitor's policy stays, so that a
    preview runs no script that the page would not run.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.has_header(_POLICY):  # only a preview has it yet: the editor's own responses get theirs later
            response[_POLICY] = response[_POLICY].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return guarded
