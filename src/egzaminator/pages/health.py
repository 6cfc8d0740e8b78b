"""What load balancers and monitors ask."""

from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from egzaminator.kernel.maintenance import is_maintenance_on
from egzaminator.keys.domain.finds_people import finds_people

GetResponse = Callable[[HttpRequest], HttpResponse]


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the web server runs."""
    return _answer("ok\n", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and the queue in it answer, 503 when they do not.

    503 as well when this process cannot find anybody: its index key was changed meanwhile. While the site is closed,
    that is nothing to be told of. One word says what is wrong: anybody may ask.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs), EXISTS (SELECT FROM post_message)")
        is_current = is_maintenance_on() or finds_people()
    except DatabaseError:
        return _answer("database\n", 503)
    if not is_current:
        return _answer("restart\n", 503)
    return _answer("ok\n", 200)


class HealthMiddleware:
    """Answers before all middleware but that of headers: whoever asks may know the server by its number alone."""

    _VIEWS: Final = {"/healthz": alive, "/readyz": ready}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the two addresses; leave the others to the rest."""
        return self._VIEWS.get(request.path_info, self.get_response)(request)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
