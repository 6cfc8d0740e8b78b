"""The answer to a staff member who has reached the limit of look-ups."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from egzaminator.rate_limits.errors import LimitReachedError

View = Callable[..., HttpResponseBase]


def lookups_limited(view: View) -> View:
    """Answer 429 when the view hits the limit of look-ups. The page says how long to wait and whom to tell."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except LimitReachedError as reached:
            # The page shows whole minutes. One is added, so that nobody comes back too early.
            open_at = timezone.now() + datetime.timedelta(seconds=reached.seconds, minutes=1)
            response = render(request, "panel/too_many_lookups.html", {"open_at": open_at}, status=429)
            response["Retry-After"] = str(reached.seconds)
            return response

    return guarded
