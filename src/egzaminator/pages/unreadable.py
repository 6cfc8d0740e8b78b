from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from egzaminator.audit.domain.record_unreadable import record_unreadable
from egzaminator.kernel.encryption import UndecryptableError
from egzaminator.kernel.requests import client_address
from egzaminator.kernel.tokens import new_case_code
from egzaminator.pages.errors import standalone_page


class UnreadableMiddleware:
    """Answers with a page of its own when a stored value does not open, whichever view it happened in.

    What was done up to then is rolled back with its transaction. The page carries a case code, by which staff find the
    event that names the row.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn the one exception into its page; leave every other alone."""
        if not isinstance(exception, UndecryptableError):
            return None
        case_code = new_case_code()
        record_unreadable(context=exception.context, address=client_address(request), case_code=case_code)
        return standalone_page("pages/error_unreadable.html", status=500, case_code=case_code)
