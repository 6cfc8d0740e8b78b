"""What a public page costs, compared with the cheapest response that Django can give.

Prints `public page: RATIO`: the CPU time of a view that returns two bytes, without any middleware, divided by that
of the anonymous home page. Both count from the WSGI environment to the last byte, and are requested alternately.
"""

import io
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

ROUNDS = size(40, smoke=1)
REQUESTS = size(100, smoke=2)


def main() -> None:
    """Measure both alternately and report the median of the ratios."""
    with reporting() as report, own_database("public_page"):
        report.at_least(0.70, "public page", measure())


def measure() -> float:
    """Return the median ratio of ROUNDS. The first round is a warm-up."""
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


def _site() -> "WSGIHandler":
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 -- needs Django set up

    return WSGIHandler()


def _bare() -> "WSGIHandler":
    """Return Django's handler without middleware, with one view for every URL."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 -- needs Django set up
    from django.http import HttpRequest, HttpResponse  # noqa: PLC0415 -- needs Django set up
    from django.test import override_settings  # noqa: PLC0415 -- needs Django set up
    from django.urls import ResolverMatch, URLPattern, path  # noqa: PLC0415 -- needs Django set up

    def two_bytes(request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"ok")

    class _Addresses:
        urlpatterns: list[URLPattern] = [path("", two_bytes)]

    class _Handler(WSGIHandler):
        def resolve_request(self, request: HttpRequest) -> ResolverMatch:
            request.urlconf = _Addresses  # type: ignore[attr-defined]  # what a middleware would set
            return super().resolve_request(request)

    with override_settings(MIDDLEWARE=[]):
        return _Handler()


def _ask(application: "WSGIHandler") -> bytes:
    """Send a request as a browser does, and close the response as a server does."""
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

    def start_response(line: str, headers: object, exc_info: object = None) -> Callable[[bytes], object]:
        return lambda _data: None

    answer = application(environ, start_response)
    body = b"".join(answer)
    answer.close()
    return body


if __name__ == "__main__":
    main()
