"""The log-in page and its refusals, logging out, and the request for a new password."""

from typing import Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.devices import device_token
from egzaminator.accounts.domain.email_question import is_asked_at_login
from egzaminator.accounts.models import Account
from egzaminator.accounts.stashed_form import details_outlive
from egzaminator.audit.actor import actor_of
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.requests import client_ip, safe_next
from egzaminator.login.cookie_check import through_cookie_check
from egzaminator.login.domain.log_in import AccountOpened, ClaimOpened, FirstLogin, Outcome, log_in
from egzaminator.login.domain.password_reset import request_reset
from egzaminator.login.errors import AccountBlockedError, RefusedError
from egzaminator.login.forms import ForgottenPasswordForm, LoginForm
from egzaminator.login.refusals import ShownRefusal, forget_refusal, keep_refusal, kept_refusal, put_refusal
from egzaminator.login.same_origin import comes_from_our_page
from egzaminator.onboarding.domain.grant import open_grant
from egzaminator.onboarding.session import forget_all, remember_claim, start_grant

_LOGIN: Final = "login"
_FORGOTTEN: Final = "forgotten-password"
# In the address of the log-in page that asks for a registration number by this name, and in what its form sends.
_FIRST: Final = "pierwsze"
# For a log-in sent from a tab that is older than the current session. Nobody looks whose it was: what was typed is
# neither checked nor kept.
_SOMEBODY_IS_IN: Final = gettext_lazy(
    "Somebody was logged in in this browser already, so the log-in just sent was not used: if that person is not you, "
    "log out first and then log in."
)


@csrf_exempt  # `comes_from_our_page` checks instead: the log-in box on cached pages has no CSRF token
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Show the log-in page, and process what it and the log-in box send."""
    if isinstance(request.user, Account):
        if "name" in request.POST or "secret" in request.POST:
            messages.warning(request, _SOMEBODY_IS_IN)
        return redirect(home_of(request.user))
    if request.method != "POST":
        return _page(request)
    return through_cookie_check(request, _answer(request))


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session, and with it every permission that it held."""
    if isinstance(request.user, Account):
        record_event(tag=Tag.LOGGED_OUT, by=actor_of(request), subject=request.user.id)
    logout(request)
    return redirect("logged-out")


@require_http_methods(["GET", "HEAD"])
def logged_out(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended."""
    return render(request, "login/logged_out.html")


@sensitive_post_parameters("name")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a login name; respond the same to every name."""
    form = ForgottenPasswordForm(request.POST)
    if request.method == "POST" and form.is_valid():
        request_reset(name=form.cleaned_data["name"], language=get_language() or "pl", ip=client_ip(request))
        return redirect("reset-requested")
    if request.method == "POST":
        return keep_refusal(redirect(_FORGOTTEN), ShownRefusal.of_form(form, page=_FORGOTTEN))
    put_refusal(form, kept_refusal(request, page=_FORGOTTEN))
    return render(request, "login/forgotten_password.html", {"form": form})


@require_http_methods(["GET", "HEAD"])
def reset_requested(request: HttpRequest) -> HttpResponse:
    """Say what happens next after a forgotten password."""
    return render(request, "login/reset_requested.html")


@require_http_methods(["GET", "HEAD"])
def cookie_check(request: HttpRequest) -> HttpResponse:
    """Go on after a log-in if the browser sends a cookie; otherwise say that it must keep them."""
    if request.COOKIES:
        return redirect(safe_next(request) or _LOGIN)
    return render(request, "login/cookies_needed.html")


def refuse(request: HttpRequest, *, kind: str, case_code: str = "") -> HttpResponse:
    """Redirect to the log-in page, which says that a log-in was refused, and how."""
    refusal = ShownRefusal(page=_LOGIN, kind=kind, case_code=case_code)
    return keep_refusal(redirect(_own_url(request)), refusal)


def home_of(account: Account) -> str:
    """Return the path to go on to after the log-in, unless another one was asked for."""
    return reverse("my-account" if account.is_examiner else "panel")


def landing_of(request: HttpRequest, account: Account) -> str:
    """Return the path to go on to after a log-in: where one was going, or home, past a question if there is one."""
    following = safe_next(request)
    if not is_asked_at_login(account):
        return following or home_of(account)
    return reverse("email-question") + (f"?{urlencode({'next': following})}" if following else "")


def _answer(request: HttpRequest) -> HttpResponse:
    if not comes_from_our_page(request):
        return refuse(request, kind="unsaid")
    form = LoginForm(request.POST, is_staff=_is_for_staff(request))
    if form.is_valid():
        return _attempt(request, form)
    return keep_refusal(redirect(_own_url(request)), ShownRefusal.of_form(form, page=_LOGIN))


def _attempt(request: HttpRequest, form: LoginForm) -> HttpResponse:
    try:
        outcome = log_in(
            device=device_token(request),
            user_agent=request.headers.get("User-Agent", ""),
            ip=client_ip(request),
            **form.cleaned_data,
        )
    except RefusedError as refused:
        return refuse(request, kind="refused", case_code=refused.case_code)
    except AccountBlockedError:
        return refuse(request, kind="blocked")
    response = _go_in(request, outcome)
    forget_refusal(request, response)
    return response


def _go_in(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    match outcome:
        case AccountOpened(account):
            with details_outlive(request):
                forget_all(request)
            record_authentication(request, account, "password")
            response: HttpResponse = perform_login(
                request, account, email_verification="none", redirect_url=landing_of(request, account)
            )
            return response
        case ClaimOpened(claim):
            remember_claim(request, claim.id)
            return redirect("claim-status")
        case FirstLogin(entry):
            start_grant(request, open_grant(examiner_id=entry.examiner_id, entry_id=entry.id))
            return redirect("claim-form")


def _own_url(request: HttpRequest) -> str:
    following = safe_next(request)
    query = {"next": following} if following else {_FIRST: "1"} if _is_first(request) else {}
    return reverse(_LOGIN) + (f"?{urlencode(query)}" if query else "")


def _page(request: HttpRequest) -> HttpResponse:
    is_staff, refusal = _is_for_staff(request), kept_refusal(request, page=_LOGIN)
    is_first = _is_first(request)
    form = LoginForm(QueryDict(), is_staff=is_staff, is_first=is_first)
    put_refusal(form, refusal)
    context = {"form": form, "refusal": refusal, "is_staff": is_staff, "is_first": is_first, "next": safe_next(request)}
    return render(request, "login/login.html", context)


def _is_first(request: HttpRequest) -> bool:
    return _FIRST in request.GET or _FIRST in request.POST


def _is_for_staff(request: HttpRequest) -> bool:
    return safe_next(request).startswith(reverse("panel"))
