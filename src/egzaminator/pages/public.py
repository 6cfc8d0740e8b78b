"""What may be shown to anybody, and kept for the next one who asks."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# A browser, or a cache on the way, keeps the page and asks each time whether it is still the newest.
PUBLIC: Final = "public, no-cache"


View = Callable[..., HttpResponse]


def is_anonymous(request: HttpRequest) -> bool:
    """Tell whether a request carries nothing that a page could be made differently for."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def public_page(view: View) -> View:
    """Declare that what a view shows a visitor without a session is the same for all, and hangs on the path alone.

    Takes a view that reads neither cookies nor the query of the address, or whose answers to a query are cheap. What is
    declared so is compressed, too, so it must hold no secret beside a visitor's own words (BREACH).
    """

    @wraps(view)
    def show(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and is_anonymous(request):
            response.headers["Cache-Control"] = PUBLIC
        return response

    return show
