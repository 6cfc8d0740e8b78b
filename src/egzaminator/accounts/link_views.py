"""The pages behind mailed links: new password, new e-mail address, freezing the account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.address_forms import ConfirmAddressForm
from egzaminator.accounts.devices import device_token, remember_browser
from egzaminator.accounts.domain.account_now import AccountNow, account_now
from egzaminator.accounts.domain.confirm_address import confirm_address
from egzaminator.accounts.domain.find_link import find_link
from egzaminator.accounts.domain.freeze_account import freeze_account
from egzaminator.accounts.domain.reset_password import reset_password
from egzaminator.accounts.enums import AddressOutcome, LinkPurpose
from egzaminator.accounts.errors import AddressTakenError, LinkError, LinkWithdrawnError
from egzaminator.accounts.link_pages import dead_link, link_page
from egzaminator.accounts.models import Account, AddressChange
from egzaminator.accounts.password_errors import PASSWORD_ERRORS, add_password_error
from egzaminator.accounts.password_forms import NewPasswordForm
from egzaminator.kernel.requests import client_address


@link_page
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of a mailed link set a new password."""
    try:
        link = find_link(purpose=LinkPurpose.RESET, token=token)
        account = Account.objects.select_related("examiner").filter(pk=link.subject).first()
        if account is None or not account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        form = NewPasswordForm(request.POST or None, account=account)
        if request.method == "POST" and form.is_valid():
            account = reset_password(
                token=token,
                password=form.cleaned_data["new_password"],
                address=client_address(request),
                device=device_token(request),
            )
            response = redirect("password-changed")
            # The owner came by their mailbox, so this browser is remembered. They then log in without the backoff that
            # strangers may have caused.
            remember_browser(request, response, account)
            return response
    except LinkError as error:
        return dead_link(request, error, "accounts/dead_reset.html", now=account_now(account_id=error.subject))
    return render(request, "accounts/reset.html", {"form": form})


@link_page
def confirm_new_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link to a new mailbox does; do it on POST only."""
    try:
        link = find_link(purpose=LinkPurpose.NEW_ADDRESS, token=token)
        change = AddressChange.objects.select_related("account").filter(pk=link.subject).first()
        if change is None or not change.is_waiting or not change.account.is_active:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        logged_in = request.user.id if isinstance(request.user, Account) else None
        is_somebody_else = logged_in not in {None, change.account_id}
        form = ConfirmAddressForm(
            request.POST if request.method == "POST" and not is_somebody_else else None,
            needs_password=logged_in != change.account_id,
        )
        is_taken = False
        if form.is_valid():
            try:
                confirm_address(
                    token=token,
                    password=form.cleaned_data.get("password"),
                    proven_account=logged_in,
                    address=client_address(request),
                )
                return redirect("address-changed")
            except PASSWORD_ERRORS as error:
                add_password_error(form, error)
            except AddressTakenError:
                is_taken = True
    except LinkError as error:
        return dead_link(request, error, "accounts/dead_new_address.html", **_change_now(error))
    context = {"form": form, "change": change, "is_somebody_else": is_somebody_else, "is_taken": is_taken}
    return render(request, "accounts/confirm_address.html", context | {"needs_password": "password" in form.fields})


@require_http_methods(["GET", "HEAD"])
def password_changed(request: HttpRequest) -> HttpResponse:
    """Show that the new password is set, with a link to the log-in."""
    return render(request, "accounts/password_changed.html")


@link_page
def freeze(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the "this was not me" link does; do it on POST only."""
    try:
        link = find_link(purpose=LinkPurpose.FREEZE, token=token)
        now = account_now(account_id=link.subject)
        if now is AccountNow.GONE:
            raise LinkWithdrawnError(subject=link.subject, mailbox=link.address)
        if request.method == "POST":
            freeze_account(token=token, address=client_address(request))
            return render(request, "accounts/frozen.html")
    except LinkError as error:
        return dead_link(request, error, "accounts/dead_freeze.html", now=account_now(account_id=error.subject))
    return render(request, "accounts/freeze.html", {"now": now})


def _change_now(error: LinkError) -> dict[str, object]:
    """Return the present state of the account and of the address change that a link was about."""
    changes = AddressChange.objects.select_related("account")
    change = changes.filter(pk=error.subject).first() if error.subject else None
    if change is None:
        return {"now": AccountNow.GONE}
    if not change.account.is_active:
        return {"now": AccountNow.BLOCKED}
    if change.is_waiting:
        return {"now": "waiting"}
    if change.outcome == AddressOutcome.CONFIRMED:
        is_still_so = change.account.email.casefold() == change.new.casefold()
        return {"now": "confirmed" if is_still_so else "changed-since"}
    return {"now": change.outcome or "expired"}
