import logging
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest
from procrastinate.exceptions import ConnectorException

_SERVER_ERROR: Final = HTTPStatus.INTERNAL_SERVER_ERROR


class RouteFilter(logging.Filter):
    """Puts the pattern of an address in the place of the address, in what Django logs of a request.

    Addresses carry one-time links (`/a/<str:token>/`), which are as good as a password.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that has a request, without a traceback if the request was at fault; let all through."""
        request = getattr(record, "request", None)
        if getattr(record, "status_code", _SERVER_ERROR) < _SERVER_ERROR:
            # Whoever sends rubbish must not fill the log with tracebacks.
            record.exc_info = record.exc_text = None
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            match = request.resolver_match
            route = f"/{match.route}" if match else "an unknown address"
            record.args = tuple(route if argument == request.path else argument for argument in record.args)
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
