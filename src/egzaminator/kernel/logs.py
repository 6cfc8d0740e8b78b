"""What a line of the log may hold: the route of a request, never its path, nor anything that a visitor sent."""

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
# What opens an account or names a person: a one-time token (not the uuid of a row, nor a name of lower-case words), a
# PESEL, an e-mail address. A token begins at the first sign that can be part of one, and may be followed by anything.
_SECRETS: Final = re.compile(
    rf"(?P<kept>(?<![\w-]){_UUID}(?![\w-]))"
    r"|(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{22,}"
    r"|(?<!\d)\d{11}(?!\d)"
    r"|[^\s@<>\"'()=]+@[^\s@<>\"'()]+"
)


class RouteFilter(logging.Filter):
    """Rewrites what Django logs of a request: what kind of refusal, which method, which route.

    Paths carry one-time links, which are as good as a password. Django writes them escaped, and other words of the
    visitor's beside them (host, referrer, name of a field), so nothing of its own line is kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that has a request, without a traceback if the request was at fault; let all through."""
        request = getattr(record, "request", None)
        status = getattr(record, "status_code", _SERVER_ERROR)
        if status < _SERVER_ERROR:
            # Whoever sends rubbish must not fill the log with tracebacks.
            record.exc_info = record.exc_text = None
        if isinstance(request, HttpRequest):
            method = request.method if request.method in _METHODS else "an unknown method"
            match = request.resolver_match
            route = f"/{match.route}" if match else "an unknown address"
            record.msg, record.args = f"{responses.get(status, status)}: {method} {route}", ()
        return True


class LostConnectionFilter(logging.Filter):
    """Says in one line that the database was lost, in place of the worker's traceback, which tells no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the reason at the end of a record of a lost connection; let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ConnectorException):
            reason = " ".join(str(error.__cause__ or error).split())
            record.msg, record.args = f"The connection to the database was lost: {reason}", ()
            record.exc_info = record.exc_text = None
        return True


class LineFormatter(logging.Formatter):
    """Writes a record on one line of the log, with what looks like a secret left out, and its traceback below it.

    A second guard behind the first, which is to log nothing of the kind: exceptions of libraries quote what they choke
    on, and PostgreSQL the values of a row.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """Return the line without control characters, which could forge another line (CWE-117)."""
        record.message = mask(_one_line(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's own name
        """Return the traceback. Of what an exception says, the first line: PostgreSQL's next ones quote rows."""
        return "".join(_lines(traceback.TracebackException(*ei, compact=True))).rstrip("\n")


def mask(text: str) -> str:
    """Return a text with a mark in the place of all that looks like a token, a PESEL or an e-mail address."""
    return _SECRETS.sub(lambda found: found.group("kept") or "[…]", text)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _lines(error: traceback.TracebackException) -> list[str]:
    chained = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    above = [*_lines(chained), "\nThen:\n\n"] if chained else []
    kind = "".join(error.format_exception_only()).partition("\n")[0]
    name, separator, said = kind.partition(": ")
    return [*above, "Traceback (most recent call last):\n", *error.stack.format(), f"{name}{separator}{mask(said)}\n"]
