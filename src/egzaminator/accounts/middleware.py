from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from egzaminator.accounts.errors import HashingBusyError

_RETRY_SECONDS = 30


class HashingBusyMiddleware:
    """Answers 503 with a page of its own when too many passwords wait to be hashed, whichever view it happened in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn the one exception into its page; leave every other alone."""
        if not isinstance(exception, HashingBusyError):
            return None
        response = render(request, "pages/error_busy.html", status=503)
        response["Retry-After"] = str(_RETRY_SECONDS)
        return response
