"""The pages behind mailed links to an account, and what every page behind a mailed link shares."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.devices import device_token, remember_browser
from egzaminator.accounts.domain.accounts import AccountNow, account_now
from egzaminator.accounts.domain.email_change import confirm_email
from egzaminator.accounts.domain.email_correction import confirm_correction
from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.links import find_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.email_forms import ConfirmCorrectionForm, ConfirmEmailForm
from egzaminator.accounts.enums import EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import (
    EmailTakenError,
    LinkError,
    LinkExpiredError,
    LinkUnknownError,
    LinkUsedError,
    LinkWithdrawnError,
    WrongNameError,
)
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.accounts.password_forms import PASSWORD_ERRORS, NewPasswordForm, add_password_error
from egzaminator.core.requests import client_ip
from egzaminator.rate_limits.errors import LimitReachedError

_REASONS: Final = {LinkUnknownError: "unknown", LinkUsedError: "used", LinkExpiredError: "expired"}


def link_page(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Make a view the page behind a mailed link.

    The token stays in the URL. The page's `Referrer-Policy` sends only the site's origin with further requests, so the
    token reaches no log as a referrer. Error reports omit the token.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @sensitive_post_parameters()
    @sensitive_variables("token")
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


def invalid_link(request: HttpRequest, error: LinkError, template: str, **now: object) -> HttpResponse:
    """Return the page that says why a mailed link no longer works, and what to do instead.

    The status is 404 for an unknown link, else 410. `now` is template context: the present state that the page
    describes. The error is not enough for that: that a link was used says nothing about what has happened since.
    """
    reason = _REASONS.get(type(error), "withdrawn")
    return render(request, template, {"reason": reason, **now}, status=404 if reason == "unknown" else 410)


@link_page
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of a mailed link set a new password."""
    try:
        link = find_link(purpose=LinkPurpose.RESET, token=token)
        account = Account.objects.select_related("examiner").filter(pk=link.subject).first()
        if account is None or not account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
        form = NewPasswordForm(request.POST or None, account=account)
        if request.method == "POST" and form.is_valid():
            account = reset_password(
                token=token,
                password=form.cleaned_data["new_password"],
                ip=client_ip(request),
                device=device_token(request),
            )
            response = redirect("password-changed" if account.is_examiner else "staff-password-changed")
            # The owner came by their mailbox, so this browser is remembered. They then log in without the backoff that
            # strangers may have caused.
            remember_browser(request, response, account)
            return response
    except LinkError as error:
        return invalid_link(
            request, error, "accounts/invalid_reset_link.html", now=account_now(account_id=error.subject)
        )
    return render(request, "accounts/reset_password.html", {"form": form})


@link_page
def confirm_new_email(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link to a new mailbox does; do it on POST only."""
    try:
        link = find_link(purpose=LinkPurpose.NEW_EMAIL, token=token)
        change = EmailChange.objects.select_related("account").filter(pk=link.subject).first()
        if change is None or not change.is_waiting or not (change.account.is_active or change.is_by_board):
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
        if change.is_by_board:
            return _confirm_correction(request, token, change)
        logged_in = request.user.id if isinstance(request.user, Account) else None
        is_somebody_else = logged_in not in {None, change.account_id}
        form = ConfirmEmailForm(
            request.POST if request.method == "POST" and not is_somebody_else else None,
            needs_password=logged_in != change.account_id,
        )
        is_taken = False
        if form.is_valid():
            try:
                confirm_email(
                    token=token,
                    password=form.cleaned_data.get("password"),
                    proven_account=logged_in,
                    ip=client_ip(request),
                )
                return redirect("email-changed")
            except PASSWORD_ERRORS as error:
                add_password_error(form, error)
            except EmailTakenError:
                is_taken = True
    except LinkError as error:
        return invalid_link(request, error, "accounts/invalid_email_link.html", **_change_now(error))
    context = {"form": form, "change": change, "is_somebody_else": is_somebody_else, "is_taken": is_taken}
    return render(request, "accounts/confirm_email.html", context | {"needs_password": "password" in form.fields})


def _confirm_correction(request: HttpRequest, token: str, change: EmailChange) -> HttpResponse:
    """Show what the board corrects, whoever is logged in in this browser; correct it on POST. Raise a `LinkError`."""
    form = ConfirmCorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = confirm_correction(token=token, name=form.cleaned_data["name"], ip=client_ip(request))
        except WrongNameError:
            form.add_error("name", gettext("This is not the PESEL or identifier of the account’s owner. Check it"))
        except LimitReachedError:
            form.add_error("name", gettext("Too many attempts. Try again in an hour"))
        else:
            return render(request, "accounts/email_corrected.html", {"account": account})
    return render(request, "accounts/confirm_correction.html", {"form": form, "change": change})


@require_http_methods(["GET", "HEAD"])
def password_changed(request: HttpRequest, *, is_for_staff: bool = False) -> HttpResponse:
    """Show that the new password is set, with a link to the log-in: that of examiners, or that of the panel."""
    return render(request, "accounts/password_changed.html", {"is_for_staff": is_for_staff})


@link_page
def freeze(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the "this was not me" link does; do it on POST only."""
    try:
        link = find_link(purpose=LinkPurpose.FREEZE, token=token)
        now = account_now(account_id=link.subject)
        if now is AccountNow.GONE:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
        if request.method == "POST":
            freeze_by_link(token=token, ip=client_ip(request))
            return render(request, "accounts/frozen.html")
    except LinkError as error:
        return invalid_link(
            request, error, "accounts/invalid_freeze_link.html", now=account_now(account_id=error.subject)
        )
    return render(request, "accounts/freeze.html", {"now": now})


def _change_now(error: LinkError) -> dict[str, object]:
    """Return the present state of the account and of the e-mail change that a link was about."""
    changes = EmailChange.objects.select_related("account")
    change = changes.filter(pk=error.subject).first() if error.subject else None
    if change is None:
        return {"now": AccountNow.GONE}
    if not change.account.is_active:
        return {"now": AccountNow.BLOCKED}
    if change.is_waiting:
        return {"now": "waiting"}
    if change.outcome == EmailChangeOutcome.CONFIRMED:
        is_still_so = change.account.email.casefold() == change.new.casefold()
        return {"now": "confirmed" if is_still_so else "changed-since"}
    return {"now": change.outcome or "expired"}
