"""Which responses are publicly cacheable: the same for every anonymous visitor."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# A browser or shared cache stores the page and revalidates it on each use.
PUBLIC: Final = "public, no-cache"


View = Callable[..., HttpResponse]


def is_anonymous(request: HttpRequest) -> bool:
    """Return whether a request carries no session, so that no page can differ for its visitor."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def public_page(view: View) -> View:
    """Mark a view as publicly cacheable: for anonymous visitors the response depends only on the URL path.

    The view must not read cookies. It must not read the query string either, unless its responses to a query are cheap.
    A publicly cacheable response is also compressed, so it must not contain a secret next to text that the visitor
    supplied (BREACH attack).
    """

    @wraps(view)
    def show(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and is_anonymous(request):
            response.headers["Cache-Control"] = PUBLIC
        return response

    return show
