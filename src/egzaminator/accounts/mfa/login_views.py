"""Pages that ask users to authenticate: the second step of a login, and re-authentication before sensitive acts."""

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.codes import check_code
from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.domain.reauthentication import confirm_password
from egzaminator.accounts.enums import ProofReason
from egzaminator.accounts.errors import PasskeyRefusedError, WrongCodeError, WrongPasswordError
from egzaminator.accounts.mfa.forms import CodeForm, ConfirmPasswordForm, PasskeyForm
from egzaminator.accounts.mfa.passkeys import challenge, prove_passkey
from egzaminator.accounts.mfa.stages import pending_step
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import UNMARKED, OwnForm, own_form, takes
from egzaminator.accounts.reauthentication import has_proven_second_factor, remember_reauthentication
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.requests import client_ip
from egzaminator.rate_limits.errors import LimitReachedError


def _at_second_step(request: HttpRequest) -> str:
    step = pending_step(request)
    return str(step.login.user.pk) if step else ""


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@own_form(OwnForm(subject=_at_second_step))
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor after a correct password."""
    step = pending_step(request)
    if step is None:
        return redirect("login")
    account = step.login.user
    code_form, passkey_form = _forms(request)
    authenticator = _prove(request, account, ProofReason.LOGIN, code_form, passkey_form)
    if authenticator is not None:
        post_authentication(request, authenticator)
        response: HttpResponse = step.exit()
        return response
    return render(
        request,
        "accounts/mfa/authenticate.html",
        {
            "form": passkey_form if passkey_form.is_bound else code_form,
            "account": account,
            "code_form": code_form,
            "second_factors": second_factors_of(account=account),
        },
    )


@require_POST
def second_step_challenge(request: HttpRequest) -> HttpResponse:
    """Return the options for proving a passkey of the account whose password was just entered."""
    step = pending_step(request)
    if step is None:
        raise PermissionDenied
    return JsonResponse(challenge(step.login.user))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@account_required
def reauthenticate(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask a logged-in user to re-authenticate, then redirect to the page they wanted.

    If the account has a second factor that this session has not proved, the password alone is not accepted.
    """
    second_factors = second_factors_of(account=account)
    needs_second_factor = second_factors.are_any and not has_proven_second_factor(request)
    password_form = ConfirmPasswordForm(
        request.POST if "password" in request.POST and not needs_second_factor else None
    )
    code_form, passkey_form = _forms(request)
    target = get_next_redirect_url(request) or reverse("second-factor")
    authenticator = _prove(request, account, ProofReason.REAUTHENTICATION, code_form, passkey_form)
    if authenticator is not None or _knows_password(request, account, password_form):
        remember_reauthentication(request, account, authenticator=authenticator)
        return redirect(target)
    forms = (password_form, code_form, passkey_form)
    return render(
        request,
        "accounts/reauthenticate.html",
        {
            "form": next((form for form in forms if form.is_bound), password_form),
            "password_form": password_form,
            "code_form": code_form,
            "second_factors": second_factors,
            "needs_second_factor": needs_second_factor,
            "next": target,
        },
    )


@require_POST
@account_required
@takes(UNMARKED)
def reauthentication_challenge(request: HttpRequest, account: Account) -> HttpResponse:
    """Return the options for proving a passkey of the logged-in account."""
    return JsonResponse(challenge(account))


def _forms(request: HttpRequest) -> tuple[CodeForm, PasskeyForm]:
    """Return the code form and the passkey form. The submitted one is bound."""
    return (
        CodeForm(request.POST if "code" in request.POST else None),
        PasskeyForm(request.POST if "credential" in request.POST else None),
    )


def _prove(
    request: HttpRequest, account: Account, reason: ProofReason, code_form: CodeForm, passkey_form: PasskeyForm
) -> Authenticator | None:
    """Return the second factor that was proved, or None. The form then has the reason."""
    ip = client_ip(request)
    if passkey_form.is_bound and passkey_form.is_valid():
        try:
            return prove_passkey(passkey_form.cleaned_data["credential"], account=account)
        except PasskeyRefusedError:
            passkey_form.add_error(None, passkey_form.wrong)
            record_event(
                tag=Tag.SECOND_FACTOR_REFUSED,
                subject=account.id,
                by=Actor(ip=ip),
                details={"reason": reason.value},
            )
    elif code_form.is_bound and code_form.is_valid():
        try:
            return check_code(account=account, code=code_form.cleaned_data["code"], reason=reason, ip=ip)
        except WrongCodeError:
            code_form.add_error("code", code_form.wrong)
        except LimitReachedError:
            code_form.add_error("code", code_form.too_many)
    return None


def _knows_password(request: HttpRequest, account: Account, form: ConfirmPasswordForm) -> bool:
    """Return whether the correct password was submitted. If a wrong one was, the form has the reason."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        confirm_password(account=account, password=form.cleaned_data["password"], ip=client_ip(request))
    except WrongPasswordError:
        form.add_error("password", form.wrong)
    except LimitReachedError:
        form.add_error("password", form.too_many)
    return not form.errors
