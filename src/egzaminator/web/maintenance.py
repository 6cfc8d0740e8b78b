"""The maintenance page, and when the site is closed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from egzaminator.core.process_state import process_state
from egzaminator.key_rotation.domain.index_key import is_index_key_current
from egzaminator.runtime.maintenance import is_maintenance_on, last_opening
from egzaminator.web.errors import standalone_page

_RETRY_SECONDS: Final = 10 * 60

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class CheckedKey:
    """This process's last check of its blind-index key: after which opening, and whether the key is current."""

    result: tuple[int, bool] | None = None


class MaintenanceMiddleware:
    """Middleware that answers requests with one page, status 503, while the installation is closed.

    It comes after the middleware that sets headers and chooses the language, and before any that queries the database.
    Below `MEDIA_URL` are the board's emblem and colours, which the page itself loads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 503 while the site is closed. Otherwise pass the request on."""
        if request.path_info.startswith(settings.MEDIA_URL) or not is_closed():
            return self.get_response(request)
        response = standalone_page("errors/maintenance.html", status=503)
        response["Retry-After"] = str(_RETRY_SECONDS)
        return response


def is_closed() -> bool:
    """Return whether the installation is closed, or this process holds an outdated blind-index key.

    A process that was not restarted after a change of the key would refuse every log-in, so it counts as closed. The
    key changes only while the installation is closed. Therefore a process checks it in the database at its first
    request and after each opening. At all other requests it only looks at two files.
    """
    return is_maintenance_on() or not _finds_examiners()


def _finds_examiners() -> bool:
    checked, opening = process_state.get(CheckedKey), last_opening()
    if checked.result is not None and checked.result[0] == opening:
        return checked.result[1]
    try:
        is_current = is_index_key_current()
    except DatabaseError:
        return True  # pages that need the database will fail by themselves, the others can be shown
    checked.result = (opening, is_current)
    if not is_current:
        _logger.error("BLIND_INDEX_KEY is not the key that people are found by: restart with the settings of now.")
    return is_current
