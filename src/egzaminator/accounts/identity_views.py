"""The pages that ask people to prove who they are: the second step of a login, and before sensitive changes."""

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.confirmation import remember_confirmation
from egzaminator.accounts.domain.check_code import check_code
from egzaminator.accounts.domain.confirm_password import confirm_password
from egzaminator.accounts.domain.factors import factors_of
from egzaminator.accounts.enums import Occasion
from egzaminator.accounts.errors import WrongCodeError, WrongPasswordError
from egzaminator.accounts.examiners import account_required
from egzaminator.accounts.factor_forms import CodeForm, ConfirmPasswordForm
from egzaminator.accounts.models import Account
from egzaminator.accounts.second_step import pending_step
from egzaminator.kernel.requests import client_address
from egzaminator.limits.errors import LimitReachedError


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask whoever has given the right password for the second factor."""
    step = pending_step(request)
    if step is None:
        return redirect("login")
    account = step.login.user
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, address = form.cleaned_data["code"], client_address(request)
        try:
            authenticator = check_code(account=account, code=code, occasion=Occasion.LOGIN, address=address)
        except WrongCodeError:
            form.add_error("code", form.wrong)
        except LimitReachedError:
            form.add_error("code", form.too_many)
        else:
            post_authentication(request, authenticator)
            response: HttpResponse = step.exit()
            return response
    return render(request, "accounts/second_step.html", {"form": form, "factors": factors_of(account=account)})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@account_required
def confirm(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask somebody who is logged in to prove that it is still them, and lead them back to where they were going."""
    password_form = ConfirmPasswordForm(request.POST if "password" in request.POST else None)
    code_form = CodeForm(request.POST if "code" in request.POST else None)
    target = get_next_redirect_url(request) or reverse("second-factor")
    method = _proven_by(request, account, password_form, code_form)
    if method:
        remember_confirmation(request, account, method=method)
        return redirect(target)
    return render(
        request,
        "accounts/confirm.html",
        {
            "form": code_form if code_form.is_bound else password_form,
            "password_form": password_form,
            "code_form": code_form,
            "factors": factors_of(account=account),
            "next": target,
        },
    )


def _proven_by(
    request: HttpRequest, account: Account, password_form: ConfirmPasswordForm, code_form: CodeForm
) -> str | None:
    """Give what the person proved it by, or None with the reason beside the field."""
    address = client_address(request)
    if password_form.is_bound and password_form.is_valid():
        try:
            confirm_password(account=account, password=password_form.cleaned_data["password"], address=address)
        except WrongPasswordError:
            password_form.add_error("password", password_form.wrong)
        except LimitReachedError:
            password_form.add_error("password", password_form.too_many)
        else:
            return "password"
    elif code_form.is_bound and code_form.is_valid():
        code = code_form.cleaned_data["code"]
        try:
            check_code(account=account, code=code, occasion=Occasion.CONFIRMATION, address=address)
        except WrongCodeError:
            code_form.add_error("code", code_form.wrong)
        except LimitReachedError:
            code_form.add_error("code", code_form.too_many)
        else:
            return "code"
    return None
