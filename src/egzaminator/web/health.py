"""Health checks for load balancers and monitoring: `/healthz`, `/readyz`, `/metrics`.

What is wrong in detail is told only on the machine itself.
"""

import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from egzaminator.core.probes import Cost
from egzaminator.core.process_state import process_state
from egzaminator.runtime.health import Health, ask_probes
from egzaminator.web.metrics import CONTENT_TYPE, write_metrics

_logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the web server runs."""
    return _answer("ok\n", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 with `ok` or `degraded`, or 503 with `unavailable` if pages cannot be served.

    A late backup, a dead worker or a refusing mail server is no reason to take the site down, so it is `degraded`. On
    this machine the problems follow, one a line; anybody else gets the one word.
    """
    health = process_state.get(KnownHealth).read()
    word = "unavailable" if not health.is_ready else "degraded" if health.problems else "ok"
    lines = [word]
    if is_on_this_machine(request):
        lines += [f"{answer.probe.name}: {answer.finding.words}" for answer in health.problems]
    return _answer("\n".join([*lines, ""]), 200 if health.is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with what the probes found, for Prometheus."""
    return HttpResponse(write_metrics(ask_probes(most=Cost.SLOW)), content_type=CONTENT_TYPE)


# What a proxy adds to a request that it passes on. It is looked for only to refuse: a client that sends one itself is
# told less for it.
_SIGNS_OF_A_PROXY: Final = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "Via")


def is_on_this_machine(request: HttpRequest) -> bool:
    """Return whether a request was made on this machine, and not passed on by a proxy on it.

    No header can make it so: whoever forges `X-Forwarded-For` sends one.
    """
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in _SIGNS_OF_A_PROXY)


class KnownHealth:
    """What this process last found out for `/readyz`. However often strangers ask, the database is asked rarely."""

    _SECONDS: Final = 5

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._known: tuple[float, Health] | None = None

    def read(self) -> Health:
        """Return the health of now, or of the last seconds; while another thread finds it out, what was known."""
        known = self._known
        if known is not None and (time.monotonic() - known[0] < self._SECONDS or self._asking.locked()):
            return known[1]
        with self._asking:
            if self._known is not known and self._known is not None:  # another thread was quicker
                return self._known[1]
            health = ask_probes(most=Cost.QUICK)
            self._log_changes(known[1] if known else None, health)
            self._known = (time.monotonic(), health)
        return health

    def _log_changes(self, before: Health | None, now: Health) -> None:
        """Log once that pages cannot be served, and once that they can be again: Django would at each question."""
        if now.is_ready:
            if before is not None and not before.is_ready:
                _logger.info("Pages can be served again")
        elif before is None or before.is_ready:
            reasons = "; ".join(answer.finding.words for answer in now.answers if answer.forbids_pages)
            _logger.error("Pages cannot be served: %s", reasons)


class HealthMiddleware:
    """Middleware that answers health checks before all other middleware except the one that sets headers.

    So a check is answered whatever its Host header: a load balancer may know the server by its IP address only.
    """

    _VIEWS: Final = {"/healthz": alive, "/readyz": ready}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the health checks and pass every other request on. For strangers, `/metrics` is no page of ours."""
        if request.path_info == "/metrics" and is_on_this_machine(request):
            return metrics(request)
        return self._VIEWS.get(request.path_info, self.get_response)(request)


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
