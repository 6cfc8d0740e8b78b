"""The page that changes the password of a logged-in person."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.devices import device_token
from egzaminator.accounts.domain.email_change import pending_email_change
from egzaminator.accounts.domain.passwords import change_password as change_password_of
from egzaminator.accounts.models import Account
from egzaminator.accounts.password_forms import PASSWORD_ERRORS, ChangePasswordForm, add_password_error
from egzaminator.accounts.sessions import SessionStore
from egzaminator.core.requests import client_ip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def change_password(request: HttpRequest, account: Account) -> HttpResponse:
    """Let a user who knows the current password set a new one. This session continues under a new session key."""
    form = ChangePasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_password_of(
                account=account,
                current=form.cleaned_data["password"],
                password=form.cleaned_data["new_password"],
                keep=cast("SessionStore", request.session).digest,
                device=device_token(request),
                ip=client_ip(request),
            )
        except PASSWORD_ERRORS as error:
            add_password_error(form, error)
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("The new password is set. Every other device has been logged out."))
            return redirect("my-account" if account.is_examiner else "change-password")
    context = {"form": form, "email_change": pending_email_change(account=account)}
    return render(request, "accounts/change_password.html", context)
