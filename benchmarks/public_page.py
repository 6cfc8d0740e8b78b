"""What a public page costs beside the least that Django can answer.

Prints `public page: RATIO`: the CPU time of a view that returns two bytes, without any middleware, divided by that
of the anonymous home page, both from the WSGI environment to the last byte, asked in turns. The budget is at least 0.5.
Works in a database of its own, made and dropped on the server that DATABASE_URL names, or on the embedded one.
"""

import io
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import tests.environment  # noqa: F401 -- sets what the settings are read from

ROUNDS = 40
REQUESTS = 100

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def main() -> None:
    """Measure in turns, and print the median of the ratios."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "egzaminator.settings"
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs Django set up
    from django.db import connection  # noqa: PLC0415 -- needs Django set up
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 -- needs Django set up

    connection.settings_dict["TEST"]["NAME"] = f"benchmark_public_page_{os.getpid()}"
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
        print(f"public page: {measure():.2f}")
    finally:
        teardown_databases(databases, verbosity=0)


def measure() -> float:
    """Give the ratio, the median of ROUNDS. The first round warms both up."""
    site, bare = _site(), _bare()
    assert _ask(site)
    assert _ask(bare) == b"ok"
    ratios = []
    for _ in range(ROUNDS + 1):
        cost = dict.fromkeys((site, bare), 0.0)
        for application in (site, bare) * REQUESTS:
            began = time.thread_time()
            _ask(application)
            cost[application] += time.thread_time() - began
        ratios.append(cost[bare] / cost[site])
    return statistics.median(ratios[1:])


def _site() -> Application:
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 -- needs Django set up

    return WSGIHandler()


def _bare() -> Application:
    """Django's handler with no middleware, which gives every address to one view."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 -- needs Django set up
    from django.http import HttpRequest, HttpResponse  # noqa: PLC0415 -- needs Django set up
    from django.test import override_settings  # noqa: PLC0415 -- needs Django set up
    from django.urls import URLPattern, path  # noqa: PLC0415 -- needs Django set up

    def two_bytes(request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"ok")

    class _Addresses:
        urlpatterns: list[URLPattern] = [path("", two_bytes)]

    class _Handler(WSGIHandler):
        def resolve_request(self, request: HttpRequest) -> Any:
            request.urlconf = _Addresses  # type: ignore[attr-defined]  # what a middleware would set
            return super().resolve_request(request)

    with override_settings(MIDDLEWARE=[]):
        return _Handler()


def _ask(application: Application) -> bytes:
    """Ask as a browser does, and close the answer as a server does."""
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_ACCEPT": "text/html",
        "HTTP_ACCEPT_LANGUAGE": "pl",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    answer = application(environ, lambda *_: None)
    body = b"".join(answer)
    answer.close()
    return body


if __name__ == "__main__":
    main()
