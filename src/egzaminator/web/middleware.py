"""Middleware that protects every response: refusal of malformed requests, and headers that are set by default."""

from collections.abc import Callable
from typing import Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

_ENCODINGS: Final = frozenset(("utf-8", "utf8"))
# Passkeys are the only browser feature that the site's pages use.
_NO_FEATURES: Final = (
    "accelerometer autoplay browsing-topics camera clipboard-read display-capture encrypted-media fullscreen "
    "geolocation gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture "
    "screen-wake-lock serial usb xr-spatial-tracking"
)
_OWN_FEATURES: Final = "publickey-credentials-create publickey-credentials-get"
PERMISSIONS_POLICY: Final = ", ".join(
    [*(f"{name}=()" for name in _NO_FEATURES.split()), *(f"{name}=(self)" for name in _OWN_FEATURES.split())]
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class PlainTextMiddleware:
    """Middleware that refuses requests that no page of ours sends and that would break the code that reads them.

    These are requests with NUL bytes, which PostgreSQL cannot store, in the URL or in cookies, and forms in an
    encoding other than UTF-8.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on. Raise `BadRequest`, which is answered with its error page, if it is malformed."""
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
    """Middleware that keeps pages out of shared caches and the browser's cache, unless their view is marked as public.

    It also sets the security headers that neither Django nor django-csp has a middleware for. It stands with theirs
    before every middleware that answers by itself, so that every response carries every header: static files,
    health checks, refusals, the maintenance page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and set the headers that the response lacks."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        return response
