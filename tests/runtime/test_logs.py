import logging

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from procrastinate.exceptions import ConnectorException
from pytest_django.fixtures import Settings

from egzaminator.core.tokens import new_token
from egzaminator.runtime.logs import LineFormatter, LostConnectionFilter, RouteFilter, mask

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
        (f"/a/{TOKEN}/", "Forbidden: GET /a/<str:token>/"),
        (f"/h/{TOKEN}/", "Internal Server Error: GET /h/<str:token>/"),
        (f"/nowhere/{TOKEN}/", "Not Found: GET an unknown address"),
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


def formatted(message: str, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("egzaminator", logging.ERROR, "file", 1, message, None, info)
    return LineFormatter("{levelname} {message}", style="{").format(record)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no row with 44051401359", "no row with […]"),
        ("<anna.nowak+1@oke.example>: no such user", "<[…]>: no such user"),
        ("/a/Zm9vYmFyYmF6cXV4cXV1eA/ was asked", "/a/[…]/ was asked"),
        ("Zm9vYmFyYmF6cXV4cXV1eAabc”", "[…]”"),
        ("row 018f4e7e-8a55-7c2f-9d55-aabbccddeeff of", "row 018f4e7e-8a55-7c2f-9d55-aabbccddeeff of"),
        ("violates accounts_known_device_once_per_account", "violates accounts_known_device_once_per_account"),
        ("123456789012 rows in 0.1234567 s", "123456789012 rows in 0.1234567 s"),
    ],
)
def test_what_looks_like_a_secret_is_left_out(text: str, left: str) -> None:
    assert mask(text) == left


def test_every_token_looks_like_one() -> None:
    assert {mask(new_token()) for _ in range(1000)} == {"[…]"}


def test_nobody_can_write_a_line_of_their_own() -> None:
    said = formatted("one\r\n2026 INFO two\u2028three\x1b[0m")
    assert said == r"ERROR one\r\n2026 INFO two\u2028three\x1b[0m"


def test_a_traceback_says_what_happened_but_quotes_no_row() -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation("duplicate key\nDETAIL:  Key (name)=(Anna Nowak) already exists.")
        except psycopg.Error as error:
            raise ValueError("for 44051401359\nor Anna") from error
    except ValueError as error:
        said = formatted("failed", error)
    assert said.count("Traceback") == 2
    assert "psycopg.errors.UniqueViolation: duplicate key\n" in said
    assert said.endswith("ValueError: for […]")
    assert [line for line in said.splitlines() if "Anna" in line and "raise" not in line] == []
