"""The page cache: which responses are the same for every anonymous visitor, and their delivery from memory."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from egzaminator.web.maintenance import is_closed
from egzaminator.web.page_store import PageStore, Stamp, StoredPage

# A browser or shared cache stores the page and revalidates it on each use.
_PUBLIC: Final = "public, no-cache"

View = Callable[..., HttpResponse]


def _is_anonymous(request: HttpRequest) -> bool:
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
        if response.status_code == HTTPStatus.OK and _is_anonymous(request):
            response.headers["Cache-Control"] = _PUBLIC
        return response

    return show


class PageCacheMiddleware:
    """Middleware that caches publicly cacheable pages (`public_page`) until staff change something or the day ends.

    It comes before all middleware that sets headers and caches the headers with the page, so a cached response equals
    the original byte for byte. A response is cached only if its request had no session and no query string, and if it
    sets no cookie. So it contains nothing about a visitor. The language depends only on the path (`i18n_patterns`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.DEBUG:
            raise MiddlewareNotUsed  # developers have to see the template that they have just changed
        self.get_response = get_response
        self._store = PageStore()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the cached page, or pass the request on and cache the response if it is public."""
        if not _is_for_all(request):
            return self.get_response(request)
        key, stamp = (request.path_info, request.is_secure()), current_stamp()
        page = self._store.find(key, stamp)
        if page is None:
            response = self.get_response(request)
            if not _may_be_kept(response):
                self._store.give_up(key)
                return response
            page = StoredPage.of(response, stamp)
            self._store.put(key, page)
        return page.answer(request)


def current_stamp() -> Stamp:
    """Return what cached pages depend on beside their URL: the site's version, today's date, the notice shown now.

    Read it before rendering a page. A change that happens meanwhile then makes the page stale, so it is rendered again.
    The pages that staff edit are below this folder in the import order, so a setting names the function that knows.
    """
    version, notice = import_string(settings.SITE_STATE_SOURCE)()
    return version, timezone.localdate(), notice


def _is_for_all(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not request.META.get("QUERY_STRING")
        and _is_anonymous(request)
        and _is_known_host(request)
        and not is_closed()
    )


def _is_known_host(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _may_be_kept(response: HttpResponse) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and response.headers.get("Cache-Control") == _PUBLIC
        and not response.streaming
        and not response.cookies
    )
