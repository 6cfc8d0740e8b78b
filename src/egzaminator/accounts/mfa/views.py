"""Views for the authenticator app and the recovery codes."""

import base64
from typing import cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.mfa import add_totp as add_totp_to
from egzaminator.accounts.domain.mfa import make_recovery_codes, second_factors_of
from egzaminator.accounts.domain.mfa import remove_totp as remove_totp_from
from egzaminator.accounts.domain.reauthentication import decrypt_secret, encrypt_secret
from egzaminator.accounts.errors import NoSecondFactorError, SecondFactorExistsError, WrongCodeError
from egzaminator.accounts.mfa.forms import TotpForm
from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import confirmation_required, remember_first_factor
from egzaminator.accounts.sessions import SessionStore
from egzaminator.accounts.stashed_fields import take_fields
from egzaminator.core.requests import client_ip


@require_http_methods(["GET", "HEAD"])
@account_required
def second_factor(request: HttpRequest, account: Account) -> HttpResponse:
    """Show an account's second factors and passkeys, with the ways to change them."""
    return render(request, "accounts/mfa/second_factor.html", {"factors": second_factors_of(account=account)})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables("secret")
@csp_update({"img-src": [SELF, "data:"]})  # for the QR code, see _qr_code_url
@account_required
@confirmation_required
def add_totp(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the QR code for an authenticator app, and accept the first code that the app generates from it."""
    form = TotpForm(request.POST or None)
    kept = take_fields(request, account, page=request.get_full_path())
    secret = decrypt_secret(
        account=account, encrypted=request.POST.get("encrypted_secret") or kept.get("encrypted_secret", "")
    )
    if secret is None and form.is_valid():
        form.add_error("code", form.outdated)
    elif secret is not None and form.is_valid():
        code, ip = form.cleaned_data["code"], client_ip(request)
        try:
            keep = cast("SessionStore", request.session).digest
            is_first = add_totp_to(account=account, secret=secret, code=code, keep=keep, ip=ip)
        except WrongCodeError:
            form.add_error("code", form.wrong)
        except SecondFactorExistsError:
            return redirect("second-factor")
        else:
            if is_first:
                remember_first_factor(request, account)
            messages.success(request, _("The authenticator app is added. At the next login, have it at hand."))
            return redirect("recovery-codes" if is_first else "second-factor")
    if second_factors_of(account=account).totp_added_at is not None:
        return redirect("second-factor")
    secret = secret or generate_totp_secret()
    return render(
        request,
        "accounts/mfa/add_totp.html",
        {
            "form": form,
            "encrypted_secret": encrypt_secret(account=account, secret=secret),
            "secret": " ".join(secret[index : index + 4] for index in range(0, len(secret), 4)),
            "qr_code": _qr_code_url(account, secret),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@confirmation_required
def remove_totp(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for confirmation, then remove the authenticator app."""
    if request.method != "POST":
        return render(request, "accounts/mfa/remove_totp.html", {"factors": second_factors_of(account=account)})
    try:
        remove_totp_from(account=account, ip=client_ip(request))
    except NoSecondFactorError:
        return redirect("second-factor")
    messages.success(request, _("The authenticator app is removed."))
    return redirect("second-factor")


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@confirmation_required
def recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """Show new recovery codes or the number of those left; on POST, replace them."""
    if request.method == "POST":
        try:
            make_recovery_codes(account=account, ip=client_ip(request))
        except NoSecondFactorError:
            return redirect("second-factor")
        return redirect("recovery-codes")
    factors = second_factors_of(account=account)
    if not factors.are_any:
        return redirect("second-factor")
    return render(request, "accounts/mfa/recovery_codes.html", {"factors": factors})


def _qr_code_url(account: Account, secret: str) -> str:
    """Return allauth's QR code of the secret as a `data:` URL, so that no URL of ours ever serves the code."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(account, secret))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
