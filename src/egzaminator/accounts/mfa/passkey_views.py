"""Views that add and remove passkeys."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.mfa import add_passkey as add_passkey_to
from egzaminator.accounts.domain.mfa import remove_passkey as remove_passkey_from
from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.errors import NoSecondFactorError, PasskeyRefusedError, TooManyPasskeysError
from egzaminator.accounts.mfa.forms import NewPasskeyForm
from egzaminator.accounts.mfa.passkeys import read_new_passkey, registration_challenge
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import UNMARKED, takes
from egzaminator.accounts.reauthentication import confirmation_required, remember_first_factor
from egzaminator.accounts.sessions import SessionStore
from egzaminator.accounts.stashed_fields import take_fields
from egzaminator.core.requests import client_ip


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("credential")
@account_required
@confirmation_required
def add_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the name of a new passkey, and store the passkey that the browser made."""
    kept = take_fields(request, account, page=request.get_full_path())
    form = NewPasskeyForm(request.POST or None, initial=kept.dict())
    if request.method == "POST" and form.is_valid():
        try:
            is_first = add_passkey_to(
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
                remember_first_factor(request, account)
            messages.success(request, _("The passkey is added. You can log in with it."))
            return redirect("recovery-codes" if is_first else "second-factor")
    return render(request, "accounts/mfa/add_passkey.html", {"form": form})


@require_POST
@account_required
@takes(UNMARKED)
@confirmation_required
def passkey_challenge(request: HttpRequest, account: Account) -> HttpResponse:
    """Return the options for making a passkey, or {} if its name is invalid.

    With an invalid name the form would be refused, and the browser would have made the passkey in vain.
    """
    if not NewPasskeyForm(request.POST).is_valid():
        return JsonResponse({})
    return JsonResponse(registration_challenge(account))


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@confirmation_required
def remove_passkey(request: HttpRequest, account: Account, passkey_id: int) -> HttpResponse:
    """Ask for confirmation, then remove a passkey."""
    if request.method != "POST":
        factors = second_factors_of(account=account)
        passkey = next((one for one in factors.passkeys if one.id == passkey_id), None)
        if passkey is None:
            raise Http404
        return render(request, "accounts/mfa/remove_passkey.html", {"passkey": passkey, "factors": factors})
    try:
        remove_passkey_from(account=account, passkey_id=passkey_id, ip=client_ip(request))
    except NoSecondFactorError:
        return redirect("second-factor")
    messages.success(request, _("The passkey is removed."))
    return redirect("second-factor")
