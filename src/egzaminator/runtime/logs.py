"""What a log line may contain: the route of a request, but neither its path nor anything else that a visitor sent."""

import logging
import re
import traceback
from http import HTTPMethod, HTTPStatus
from http.client import responses
from typing import Any, Final

from django.http import HttpRequest
from procrastinate.exceptions import ConnectorException

_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_METHODS: Final = frozenset(HTTPMethod)
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Matches what opens an account or identifies a person: a one-time token, a PESEL, an e-mail address. The UUID of a row
# and a name of lower-case words are not taken for tokens. A token starts at the first character that can be part of
# one, and any text may follow it.
_SECRETS: Final = re.compile(
    rf"(?P<kept>(?<![\w-]){_UUID}(?![\w-]))"
    r"|(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{22,}"
    r"|(?<!\d)\d{11}(?!\d)"
    r"|[^\s@<>\"'()=]+@[^\s@<>\"'()]+"
)


class RouteFilter(logging.Filter):
    """Log filter that rewrites Django's messages about requests to status, method and route.

    Paths contain one-time links, which are as good as a password. Django logs paths escaped, next to other words
    from the visitor (host, referrer, name of a field), so nothing of its own message is kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record with a request, without its traceback if the request was at fault. Always return True."""
        request = getattr(record, "request", None)
        status = getattr(record, "status_code", _SERVER_ERROR)
        if status < _SERVER_ERROR:
            # A client that sends malformed requests must not fill the log with tracebacks.
            record.exc_info = record.exc_text = None
        if isinstance(request, HttpRequest):
            method = request.method if request.method in _METHODS else "an unknown method"
            match = request.resolver_match
            route = f"/{match.route}" if match else "an unknown address"
            record.msg, record.args = f"{responses.get(status, status)}: {method} {route}", ()
        return True


class ReadinessFilter(logging.Filter):
    """Log filter that drops Django's line about each 503 of `/readyz`: it is the answer, and asked for all the time.

    That pages cannot be served is logged once, by web/health.py.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is about anything else."""
        request = getattr(record, "request", None)
        return not (
            isinstance(request, HttpRequest)
            and request.path_info == "/readyz"
            and getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE
        )


class LostConnectionFilter(logging.Filter):
    """Log filter that reports a lost database connection in one line.

    It replaces the worker's traceback, which says no more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message of a lost connection by one line with the reason. Return True for every record."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ConnectorException):
            reason = " ".join(str(error.__cause__ or error).split())
            record.msg, record.args = f"The connection to the database was lost: {reason}", ()
            record.exc_info = record.exc_text = None
        return True


class LineFormatter(logging.Formatter):
    """Log formatter that writes a record on one line, with possible secrets masked, and its traceback below.

    It is a second line of defence; the first is not to log secrets. Exceptions of libraries quote the input that
    they fail on, and PostgreSQL quotes the values of a row.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """Return the line with control characters escaped, since they could forge another line (CWE-117)."""
        record.message = mask(_one_line(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's own name
        """Return the traceback with the first line of each exception's message: PostgreSQL's next lines quote rows."""
        return "".join(_lines(traceback.TracebackException(*ei, compact=True))).rstrip("\n")


def mask(text: str) -> str:
    """Return the text with `[…]` in place of everything that looks like a token, a PESEL or an e-mail address."""
    return _SECRETS.sub(lambda found: found.group("kept") or "[…]", text)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _lines(error: traceback.TracebackException) -> list[str]:
    chained = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    above = [*_lines(chained), "\nThen:\n\n"] if chained else []
    kind = "".join(error.format_exception_only()).partition("\n")[0]
    name, separator, said = kind.partition(": ")
    return [*above, "Traceback (most recent call last):\n", *error.stack.format(), f"{name}{separator}{mask(said)}\n"]


def logging_settings() -> dict[str, Any]:
    """Return Django's `LOGGING`: one line a record on the console, without paths and secrets."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "routes": {"()": RouteFilter},
            "readiness": {"()": ReadinessFilter},
            "connections": {"()": LostConnectionFilter},
        },
        "formatters": {
            "line": {"()": LineFormatter, "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["routes", "readiness", "connections"],
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "egzaminator": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "pypdf": {"level": "CRITICAL"},  # its warnings quote the files that people send
        },
    }
