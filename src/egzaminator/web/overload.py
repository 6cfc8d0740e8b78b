import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import override

from egzaminator.accounts.errors import OverloadError
from egzaminator.accounts.hashers import has_login_slot
from egzaminator.web.errors import standalone_page

_RETRY_SECONDS: Final = 30
# Seconds for which a rendered page is reused. What staff change on it appears soon enough.
_KEPT_SECONDS: Final = 60


class _OverloadPage(HttpResponse):
    status_code = 503


class OverloadMiddleware:
    """Middleware that answers 503 on overload, when too many passwords wait to be hashed, in whichever view.

    It comes before all middleware that costs processor time. When several times more people log in than the hashing
    slots can serve, most are refused. A log-in for which there is no slot is answered from memory: rendering the
    refusal would take the processor time that the accepted log-ins need. The page contains nothing about the visitor,
    so the same one serves all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._kept: dict[tuple[str, bool], tuple[float, HttpResponse]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a log-in from memory when there is no slot. Otherwise pass it on, and keep the page of a refusal."""
        if request.method != "POST" or request.path_info not in self._login_paths:
            return self.get_response(request)
        key = (request.path_info, request.is_secure())
        until, page = self._kept.get(key, (0.0, None))
        is_kept = page is not None and time.monotonic() < until
        if page and is_kept and not has_login_slot():
            return _copy(page)
        response = self.get_response(request)
        if not isinstance(response, _OverloadPage):
            return response
        if page and is_kept:  # another log-in took the slot meanwhile
            return _copy(page)
        self._kept[key] = (time.monotonic() + _KEPT_SECONDS, _copy(response))
        return response

    @cached_property
    def _login_paths(self) -> frozenset[str]:
        paths = set()
        for language, _name in settings.LANGUAGES:
            with override(language):
                paths.add(reverse("login"))
        return frozenset(paths)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the overload page for `OverloadError`, and None for any other exception."""
        if not isinstance(exception, OverloadError):
            return None
        page = standalone_page("errors/overload.html", status=503)
        return _OverloadPage(page.content, headers={"Retry-After": str(_RETRY_SECONDS)})


def _copy(page: HttpResponse) -> HttpResponse:
    """Return a copy of the page, marked as logged already.

    Django would log each copy as an error. One log line a minute says as much and does not fill the disk.
    """
    copy = HttpResponse(page.content, status=page.status_code, headers=dict(page.items()))
    copy._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own flag, which has no setter
    return copy
