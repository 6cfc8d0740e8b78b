from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from egzaminator.kernel.maintenance import is_maintenance_on
from egzaminator.pages.errors import standalone_page

_RETRY_SECONDS: Final = 10 * 60


class MaintenanceMiddleware:
    """Answers every request with one page while the installation is closed.

    It stands behind the middleware that sends headers and chooses the language, and before whatever asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 503, or hand the request on."""
        if not is_maintenance_on():
            return self.get_response(request)
        response = standalone_page("pages/maintenance.html", status=503)
        response["Retry-After"] = str(_RETRY_SECONDS)
        return response
