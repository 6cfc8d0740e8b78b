"""Error pages, styled like the rest of the site and with a link to go on."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override
from django.views.decorators.debug import sensitive_post_parameters

from egzaminator.accounts.own_forms import own_form_of, show_unchecked
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.board import current_board
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.requests import client_ip
from egzaminator.core.tokens import new_case_code
from egzaminator.login.claim_form_view import ClaimFormView
from egzaminator.login.same_origin import is_sent_by_our_page
from egzaminator.onboarding.views import marked_grant


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 to a request that no page of ours sends. Redirect to the log-in if its session was ended meanwhile."""
    if isinstance(exception, SessionInterrupted):
        return redirect("login")
    # Some requests are refused before any middleware has set the language or loaded the session.
    with override(get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
        return standalone_page("errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return render(request, "errors/403.html", status=403)


@sensitive_post_parameters()
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when the CSRF token of a form is missing or stale.

    Usually the person has logged in in another tab, or cookies were deleted. A form sent by a page of ours is shown
    again with the typed values kept. Nothing is repeated from a cross-site request, or another site could pre-fill our
    forms.
    """
    if is_sent_by_our_page(request) and (shown := _show_unchecked(request)):
        return shown
    return render(request, "errors/csrf.html", status=403)


def _show_unchecked(request: HttpRequest) -> HttpResponse | None:
    view = request.resolver_match.func if request.resolver_match else None
    if getattr(view, "view_class", None) is ClaimFormView:
        return ClaimFormView().show_again(request, status=403) if marked_grant(request) else None
    form = own_form_of(view)
    return show_unchecked(request, form) if form else None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return standalone_page("errors/500.html", status=500)


def standalone_page(template: str, *, status: int, **context: str) -> HttpResponse:
    """Return a page that needs neither the database nor a session.

    `template` has to extend `standalone.html`. `context` holds its further variables.
    """
    return HttpResponse(render_to_string(template, {"board": current_board(), **context}), status=status)


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
