import logging
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from egzaminator.kernel.maintenance import is_maintenance_on, last_opening
from egzaminator.keys.domain.finds_people import finds_people
from egzaminator.pages.errors import standalone_page

_RETRY_SECONDS: Final = 10 * 60

_logger = logging.getLogger(__name__)
# After which opening this process looked whether it finds people, and whether it does.
_known: tuple[int, bool] | None = None


class MaintenanceMiddleware:
    """Answers every request with one page while the installation is closed.

    It stands behind the middleware that sends headers and chooses the language, and before whatever asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 503, or hand the request on."""
        if not is_closed():
            return self.get_response(request)
        response = standalone_page("pages/maintenance.html", status=503)
        response["Retry-After"] = str(_RETRY_SECONDS)
        return response


def is_closed() -> bool:
    """Tell whether the installation is closed or, which is as good, this process has an index key of the past.

    Index keys change while the installation is closed and at no other time. So a process asks the database at its first
    request, and after each opening; otherwise it looks at two files. Whoever was not restarted would refuse everybody.
    """
    return is_maintenance_on() or not _finds_people()


def _finds_people() -> bool:
    global _known  # noqa: PLW0603 -- one verdict for all threads of the process
    known, opening = _known, last_opening()
    if known is not None and known[0] == opening:
        return known[1]
    try:
        _known = (opening, finds_people())
    except DatabaseError:
        return True  # whatever needs the database will say so, and what does not can be shown
    if not _known[1]:
        _logger.error("PESEL_INDEX_KEY is not the key that people are found by: restart with the settings of now.")
    return _known[1]
