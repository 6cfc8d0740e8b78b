from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def examiner_required(view: View[P]) -> View[P]:
    """Send staff, who have no examiner's account, to their own screens."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_examiner:
            return redirect("panel")
        return view(request, *args, **kwargs)

    return wrapped
