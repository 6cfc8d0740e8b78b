from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

_ENCODINGS: Final = frozenset(("utf-8", "utf8"))

GetResponse = Callable[[HttpRequest], HttpResponse]


class PlainTextMiddleware:
    """Refuses requests that no page of ours sends and that would break whoever reads them.

    NUL bytes, which PostgreSQL cannot hold, in addresses and cookies; forms in another encoding than UTF-8.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on. Raises BadRequest, which is answered with its page."""
        has_nul = (
            "\0" in request.path
            or "%00" in request.META.get("QUERY_STRING", "")
            or any("\0" in value for value in request.COOKIES.values())
        )
        charset = (request.content_params or {}).get("charset", "utf-8")
        if has_nul or charset.casefold() not in _ENCODINGS:
            raise BadRequest("NUL bytes, or another encoding than UTF-8")
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Keeps every page that a view did not call public out of caches, shared and the browser's own.

    It writes as well what Django and django-csp have no middleware for. It stands with theirs before all that answer by
    themselves, so that every answer carries every header: files, health, refusals, the page of a closed site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, and mark the answer."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        return response
