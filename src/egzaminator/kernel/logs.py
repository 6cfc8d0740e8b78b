import logging

from django.http import HttpRequest


class RouteFilter(logging.Filter):
    """Puts the pattern of an address in the place of the address, in what Django logs of a request.

    Addresses carry one-time links (`/a/<str:token>/`), which are as good as a password.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that has a request; let every record through."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            match = request.resolver_match
            route = f"/{match.route}" if match else "an unknown address"
            record.args = tuple(route if argument == request.path else argument for argument in record.args)
        return True
