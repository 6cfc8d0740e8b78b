import time
from collections.abc import Callable
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from egzaminator.accounts.errors import HashingBusyError
from egzaminator.accounts.hashers import has_login_place
from egzaminator.pages.errors import standalone_page

_RETRY_SECONDS: Final = 30
# How long a finished page is answered with before it is made anew: what staff change in it shows soon enough.
_KEPT_SECONDS: Final = 60


class _BusyPage(HttpResponse):
    status_code = 503


class HashingBusyMiddleware:
    """Answers 503 with a page of its own when too many passwords wait to be hashed, whichever view it happened in.

    It stands before all middleware that costs anything. When several times more people log in than can be let in, most
    are refused, and a log-in for which there is no place is answered from memory: refusing with the whole of the site
    would take the very processor time that the others need. The page has nothing of the visitor in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._kept: dict[tuple[str, bool], tuple[float, HttpResponse]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory when there is no place; else hand the request on, and keep the page if it was refused."""
        if request.method != "POST" or request.path_info not in _login_paths():
            return self.get_response(request)
        key = (request.path_info, request.is_secure())
        until, page = self._kept.get(key, (0.0, None))
        is_kept = page is not None and time.monotonic() < until
        if page and is_kept and not has_login_place():
            return _copy(page)
        response = self.get_response(request)
        if not isinstance(response, _BusyPage):
            return response
        if page and is_kept:  # the place was taken by somebody else meanwhile
            return _copy(page)
        self._kept[key] = (time.monotonic() + _KEPT_SECONDS, _copy(response))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn the one exception into its page; leave every other alone."""
        if not isinstance(exception, HashingBusyError):
            return None
        page = standalone_page("pages/error_busy.html", status=503)
        return _BusyPage(page.content, headers={"Retry-After": str(_RETRY_SECONDS)})


@cache
def _login_paths() -> frozenset[str]:
    paths = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            paths.add(reverse("login"))
    return frozenset(paths)


def _copy(page: HttpResponse) -> HttpResponse:
    """Give the page once more. Django would log each as an error: one a minute tells as much, and fills no disk."""
    copy = HttpResponse(page.content, status=page.status_code, headers=dict(page.items()))
    copy._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own mark, for which it has no setter
    return copy
