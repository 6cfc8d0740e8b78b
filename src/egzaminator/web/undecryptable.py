from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.requests import client_ip
from egzaminator.core.tokens import new_case_code
from egzaminator.web.errors import standalone_page


class UndecryptableMiddleware:
    """Middleware that shows an error page, status 500, when a stored value is undecryptable, in whichever view.

    The view's changes are rolled back with its transaction. The page shows a case code, by which staff find the event
    that names the row.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the error page for `UndecryptableError`, and None for any other exception."""
        if not isinstance(exception, UndecryptableError):
            return None
        case_code = new_case_code()
        record_undecryptable(context=exception.context, by=Actor(ip=client_ip(request)), case_code=case_code)
        return standalone_page("errors/undecryptable.html", status=500, case_code=case_code)
