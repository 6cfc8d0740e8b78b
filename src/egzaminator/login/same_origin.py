"""The check that a POST comes from a page of ours, for forms on cached pages without a CSRF token."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


def comes_from_our_page(request: HttpRequest) -> bool:
    """Return whether a POST was sent by a page of ours.

    The log-in box stands on cached pages, so it carries no CSRF token of a visitor's. Browsers themselves report where
    a request comes from, in `Sec-Fetch-Site` or, older ones, in `Origin`; no script can forge either header. A request
    that they do not vouch for needs Django's CSRF token, which the log-in page carries.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin" or has_token(request)
    origin = request.headers.get("Origin")
    if origin is not None and _is_ours(origin, request):
        return True
    return has_token(request)


def is_sent_by_our_page(request: HttpRequest) -> bool:
    """Return whether the browser reports that a POST came from a page of ours; its CSRF token is ignored."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and _is_ours(origin, request)


def is_sent_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether the browser reports that a POST came from another site. Nothing of the body is read.

    Browsers that report nothing are old ones: their requests are told apart by the CSRF token alone.
    """
    is_reported = bool({"Sec-Fetch-Site", "Origin"} & set(request.headers))
    return is_reported and not is_sent_by_our_page(request)


def _is_ours(origin: str, request: HttpRequest) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme == request.scheme and parts.netloc == request.get_host()


def has_token(request: HttpRequest) -> bool:
    """Return whether a POST carries the CSRF token of the visitor's cookie."""
    refusal = CsrfViewMiddleware(_unused).process_view(request, _unused, (), {})
    return refusal is None


def _unused(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
