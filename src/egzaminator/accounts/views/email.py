"""Views that change the e-mail address of an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.email_change import (
    cancel_email_change,
    pending_email_change,
    request_email_change,
    resend_email_change,
)
from egzaminator.accounts.email_forms import ChangeEmailForm
from egzaminator.accounts.errors import ChangeClosedError, ChangesUsedUpError, ResendTooSoonError
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.accounts.own_forms import OwnForm, takes
from egzaminator.accounts.password_forms import PASSWORD_ERRORS, add_password_error
from egzaminator.core.requests import client_ip
from egzaminator.core.typed_text import with_typed_text
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS, seconds_to_pause
from egzaminator.mail.domain.status import Delivery, describe_delivery, latest_email
from egzaminator.mail.errors import MailsUsedUpError


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@takes(
    OwnForm(
        typed=lambda: ChangeEmailForm(present=""),
        title=gettext_lazy("Change the e-mail address"),
        button=gettext_lazy("Send the link"),
    )
)
def change_email(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the pending change of the e-mail address, and accept a request for a new one."""
    form = with_typed_text(ChangeEmailForm(request.POST or None, present=account.email), request)
    if request.method == "POST" and form.is_valid() and _request_change(request, account, form):
        return redirect("change-email")
    change = pending_email_change(account=account)
    return render(
        request,
        "accounts/change_email.html",
        {
            "form": form,
            "change": change,
            "delivery": _delivery(change) if change else None,
            "pause": seconds_to_pause(change.last_sent_at) if change else 0,
            "can_resend": change is not None and change.sends < MOST_SENDS,
        },
    )


@require_POST
@account_required
@takes(OwnForm(page="change-email"))
def resend(request: HttpRequest, account: Account) -> HttpResponse:
    """Send the e-mail to the new mailbox again."""
    try:
        resend_email_change(account=account, ip=client_ip(request))
    except ResendTooSoonError as error:
        text = ngettext(
            "An e-mail is on its way. You can send another in %(seconds)d second.",
            "An e-mail is on its way. You can send another in %(seconds)d seconds.",
            error.seconds,
        )
        messages.warning(request, text % {"seconds": error.seconds})
    except MailsUsedUpError:
        messages.warning(request, _mails_used_up())
    except ChangeClosedError:
        messages.info(request, _nothing_waits())
    else:
        messages.success(request, _("We are sending the e-mail again."))
    return redirect("change-email")


@require_POST
@account_required
@takes(OwnForm(page="change-email"))
def cancel(request: HttpRequest, account: Account) -> HttpResponse:
    """Cancel the pending change; the e-mail address stays as it is."""
    try:
        cancel_email_change(account=account, ip=client_ip(request))
    except ChangeClosedError:
        messages.info(request, _nothing_waits())
    else:
        messages.success(request, _("The change is cancelled. Your address stays as it is."))
    return redirect("change-email")


@require_http_methods(["GET", "HEAD"])
def email_changed(request: HttpRequest) -> HttpResponse:
    """Show that the new e-mail address is confirmed."""
    return render(request, "accounts/email_changed.html")


def _request_change(request: HttpRequest, account: Account, form: ChangeEmailForm) -> bool:
    """Request the change of address, and return whether a change is now pending.

    A refusal becomes an error of the form.
    """
    try:
        request_email_change(
            account=account,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            ip=client_ip(request),
        )
    except PASSWORD_ERRORS as error:
        add_password_error(form, error)
        return False
    except ChangesUsedUpError:
        form.add_error("email", _("You have asked for three changes of the address today. Wait until tomorrow"))
        return False
    except MailsUsedUpError:
        messages.warning(request, _mails_used_up())
    else:
        messages.success(request, _("We are sending an e-mail to the new address. Click the link in it."))
    return True


def _delivery(change: EmailChange) -> Delivery | None:
    email = latest_email(related_id=change.account_id, kind=EmailKind.NEW_EMAIL)
    # If the daily limit kept this change from being mailed, the newest e-mail belongs to an earlier change.
    return describe_delivery(email) if email and change.sends and email.email == change.new else None


def _mails_used_up() -> str:
    return _("No more e-mails can be sent today. Wait until tomorrow, or call the board.")


def _nothing_waits() -> str:
    return _("No change of the address waits for confirmation.")
