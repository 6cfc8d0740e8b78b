"""Health checks for load balancers and monitoring."""

from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from egzaminator.key_rotation.domain.index_key import is_index_key_current
from egzaminator.runtime.maintenance import is_maintenance_on

GetResponse = Callable[[HttpRequest], HttpResponse]


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the web server runs."""
    return _answer("ok\n", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and the job queue in it answer, otherwise 503.

    Answer 503 as well when the blind-index key was changed since this process started, so that it finds no examiner by
    PESEL. During maintenance the key is not checked, because it may change then. The body is one word that names the
    fault and no more, because anybody may ask.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs), EXISTS (SELECT FROM mail_email)")
        is_current = is_maintenance_on() or is_index_key_current()
    except DatabaseError:
        return _answer("database\n", 503)
    if not is_current:
        return _answer("restart\n", 503)
    return _answer("ok\n", 200)


class HealthMiddleware:
    """Middleware that answers health checks before all other middleware except the one that sets headers.

    So a check is answered whatever its Host header: a load balancer may know the server by its IP address only.
    """

    _VIEWS: Final = {"/healthz": alive, "/readyz": ready}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the two health-check URLs and pass every other request on."""
        return self._VIEWS.get(request.path_info, self.get_response)(request)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
