from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from egzaminator.pages.maintenance import is_closed
from egzaminator.pages.page_store import PageStore, Stamp, StoredPage
from egzaminator.pages.public import PUBLIC, is_anonymous
from egzaminator.pages.site_data import current_site_data


class PageCacheMiddleware:
    """Answers from memory what a view declared public (`public_page`), until staff change something or the day ends.

    It stands before all middleware that writes headers, and keeps them with the page: an answer from here is, byte for
    byte, the one that was made. What is kept was asked for without a session, a message or a query, and sets no cookie;
    so nothing of a visitor can be in it. The language hangs on the path alone (`i18n_patterns`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.DEBUG:
            raise MiddlewareNotUsed  # developers want to see the template that they have just changed
        self.get_response = get_response
        self._store = PageStore()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory, or hand the request on and keep the answer if it is public."""
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
    """Give what pages are made from beside their address: the state of the site, the date, the notice shown now.

    Read it before making a page: what changes meanwhile then makes the page once more, and never stays unseen.
    """
    site = current_site_data()
    return site.generation, timezone.localdate(), site.notice


def _is_for_all(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not request.META.get("QUERY_STRING")
        and is_anonymous(request)
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
        and response.headers.get("Cache-Control") == PUBLIC
        and not response.streaming
        and not response.cookies
    )
