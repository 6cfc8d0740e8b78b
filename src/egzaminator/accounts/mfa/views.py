"""Pages that show and change what protects an account besides its password: app, passkeys, recovery codes."""

import base64
from typing import cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain import mfa
from egzaminator.accounts.domain.codes import make_recovery_codes
from egzaminator.accounts.errors import (
    NoSecondFactorError,
    PasskeyRefusedError,
    SecondFactorExistsError,
    TooManyPasskeysError,
    WrongCodeError,
)
from egzaminator.accounts.mfa.forms import NewPasskeyForm, TotpForm
from egzaminator.accounts.mfa.passkeys import read_new_passkey, registration_challenge
from egzaminator.accounts.mfa.secrets import decrypt_new_secret, encrypt_new_secret
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import UNMARKED, takes
from egzaminator.accounts.reauthentication import reauthentication_required, remember_first_second_factor
from egzaminator.accounts.sessions import SessionStore
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.core.requests import client_ip


@require_http_methods(["GET", "HEAD"])
@account_required
def second_factor(request: HttpRequest, account: Account) -> HttpResponse:
    """Show an account's second factors and passkeys, with the ways to change them."""
    return render(
        request, "accounts/mfa/second_factor.html", {"second_factors": mfa.second_factors_of(account=account)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables("secret")
@csp_update({"img-src": [SELF, "data:"]})  # for the QR code, see qr_code_url
@account_required
@reauthentication_required
def add_totp(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the QR code for an authenticator app, and accept the first code that the app generates from it."""
    form = TotpForm(request.POST or None)
    stashed = take_fields(request, account, page=request.get_full_path())
    secret = decrypt_new_secret(
        account=account, encrypted=request.POST.get("encrypted_secret") or stashed.get("encrypted_secret", "")
    )
    if secret is None and form.is_valid():
        form.add_error("code", form.outdated)
    elif secret is not None and form.is_valid():
        code, ip = form.cleaned_data["code"], client_ip(request)
        try:
            keep = cast("SessionStore", request.session).digest
            is_first = mfa.add_totp(account=account, secret=secret, code=code, keep=keep, ip=ip)
        except WrongCodeError:
            form.add_error("code", form.wrong)
        except SecondFactorExistsError:
            return redirect("second-factor")
        else:
            if is_first:
                remember_first_second_factor(request, account)
            messages.success(request, _("The authenticator app is added. At the next login, have it at hand."))
            return redirect("recovery-codes" if is_first else "second-factor")
    if mfa.second_factors_of(account=account).totp_added_at is not None:
        return redirect("second-factor")
    secret = secret or generate_totp_secret()
    return render(
        request,
        "accounts/mfa/add_totp.html",
        {
            "form": form,
            "encrypted_secret": encrypt_new_secret(account=account, secret=secret),
            "secret": " ".join(secret[index : index + 4] for index in range(0, len(secret), 4)),
            "qr_code": qr_code_url(account, secret),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def remove_totp(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for confirmation, then remove the authenticator app."""
    if request.method != "POST":
        return render(
            request, "accounts/mfa/remove_totp.html", {"second_factors": mfa.second_factors_of(account=account)}
        )
    try:
        mfa.remove_totp(account=account, ip=client_ip(request))
    except NoSecondFactorError:
        return redirect("second-factor")
    messages.success(request, _("The authenticator app is removed."))
    return redirect("second-factor")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("credential")
@account_required
@reauthentication_required
def add_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the name of a new passkey, and store the passkey that the browser made."""
    stashed = take_fields(request, account, page=request.get_full_path())
    form = NewPasskeyForm(request.POST or None, initial=stashed.dict())
    if request.method == "POST" and form.is_valid():
        try:
            is_first = mfa.add_passkey(
                account=account,
                name=form.cleaned_data["name"],
                credential=read_new_passkey(form.cleaned_data["credential"]),
                keep=cast("SessionStore", request.session).digest,
                ip=client_ip(request),
            )
        except PasskeyRefusedError:
            form.add_error(None, form.wrong)
        except TooManyPasskeysError:
            form.add_error(None, form.too_many)
        else:
            if is_first:
                remember_first_second_factor(request, account)
            messages.success(request, _("The passkey is added. You can log in with it."))
            return redirect("recovery-codes" if is_first else "second-factor")
    return render(request, "accounts/mfa/add_passkey.html", {"form": form})


@require_POST
@account_required
@takes(UNMARKED)
@reauthentication_required
def passkey_challenge(request: HttpRequest, account: Account) -> HttpResponse:
    """Return the options for making a passkey, or {} if its name is invalid.

    With an invalid name the form would be refused, and the browser would have made the passkey in vain.
    """
    if not NewPasskeyForm(request.POST).is_valid():
        return JsonResponse({})
    return JsonResponse(registration_challenge(account))


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def remove_passkey(request: HttpRequest, account: Account, passkey_id: int) -> HttpResponse:
    """Ask for confirmation, then remove a passkey."""
    if request.method != "POST":
        second_factors = mfa.second_factors_of(account=account)
        passkey = next((one for one in second_factors.passkeys if one.id == passkey_id), None)
        if passkey is None:
            raise Http404
        return render(
            request, "accounts/mfa/remove_passkey.html", {"passkey": passkey, "second_factors": second_factors}
        )
    try:
        mfa.remove_passkey(account=account, passkey_id=passkey_id, ip=client_ip(request))
    except NoSecondFactorError:
        return redirect("second-factor")
    messages.success(request, _("The passkey is removed."))
    return redirect("second-factor")


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """Show new recovery codes or the number of those left; on POST, replace them."""
    if request.method == "POST":
        try:
            make_recovery_codes(account=account, ip=client_ip(request))
        except NoSecondFactorError:
            return redirect("second-factor")
        return redirect("recovery-codes")
    second_factors = mfa.second_factors_of(account=account)
    if not second_factors.are_any:
        return redirect("second-factor")
    return render(request, "accounts/mfa/recovery_codes.html", {"second_factors": second_factors})


def qr_code_url(account: Account, secret: str) -> str:
    """Return allauth's QR code of the secret as a `data:` URL, so that no URL of ours ever serves the code."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(account, secret))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
