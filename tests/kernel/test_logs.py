import logging

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from procrastinate.exceptions import ConnectorException
from pytest_django.fixtures import Settings

from egzaminator.kernel.logs import LostConnectionFilter, RouteFilter

TOKEN = "c2VjcmV0LXRva2Vu"


def forbidden(request: HttpRequest, token: str) -> HttpResponse:
    raise PermissionDenied


def broken(request: HttpRequest, token: str) -> HttpResponse:
    raise ValueError


urlpatterns = [path("a/<str:token>/", forbidden), path("h/<str:token>/", broken)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "line"),
    [
        (f"/a/{TOKEN}/", "Forbidden (Permission denied): /a/<str:token>/"),
        (f"/h/{TOKEN}/", "Internal Server Error: /h/<str:token>/"),
        (f"/nowhere/{TOKEN}/", "Not Found: an unknown address"),
    ],
)
def test_no_logged_line_holds_a_link(
    settings: Settings, caplog: pytest.LogCaptureFixture, address: str, line: str
) -> None:
    settings.ROOT_URLCONF = __name__
    caplog.handler.addFilter(RouteFilter())

    Client(raise_request_exception=False).get(address)

    assert caplog.messages == [line]
    assert TOKEN not in caplog.text
    assert ("Traceback" in caplog.text) == line.startswith("Internal")


def test_other_lines_are_left_alone() -> None:
    record = logging.LogRecord("egzaminator", logging.INFO, "file", 1, "%s of %s", ("1", "2"), None)

    assert RouteFilter().filter(record) is True
    assert record.getMessage() == "1 of 2"


def test_a_lost_connection_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(LostConnectionFilter())
    error = ConnectorException("Database error.")
    error.__cause__ = psycopg.OperationalError("connection failed:\n  the system is shutting down")

    logging.getLogger("procrastinate.utils").error("listener error: %r", error, exc_info=error)

    reason = "connection failed: the system is shutting down"
    assert caplog.messages == [f"The connection to the database was lost: {reason}"]
    assert "Database error" not in caplog.text


def test_other_errors_keep_their_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(LostConnectionFilter())

    logging.getLogger("procrastinate.worker").error("A job has failed", exc_info=ValueError("of the job"))

    assert caplog.messages == ["A job has failed"]
    assert "ValueError: of the job" in caplog.text
