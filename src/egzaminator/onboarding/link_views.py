"""The pages behind the mailed links about a claim: activate it, stop it."""

import uuid

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.devices import remember_browser
from egzaminator.accounts.domain.links import find_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import (
    LinkError,
    LinkExpiredError,
    LinkWithdrawnError,
    ResendTooSoonError,
    WrongPasswordError,
)
from egzaminator.accounts.models import Link
from egzaminator.accounts.views.links import invalid_link, link_page
from egzaminator.core.requests import client_ip
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding import session
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import form_now, stop_claim
from egzaminator.onboarding.errors import AccountExistsError, ClaimClosedError, EntryEndedError
from egzaminator.onboarding.forms import ActivationForm
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.errors import LimitReachedError


@link_page
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the activation link does; activate on POST only, because mail scanners open links."""
    try:
        link = find_link(purpose=LinkPurpose.ACTIVATE, token=token)
        claim = _waiting_claim(link)
    except LinkExpiredError as error:
        return _expired(request, error)
    except LinkError as error:
        return _invalid_activation_link(request, error)
    needs_password = link.subject != session.proven_claim_id(request)
    may_act = request.method == "POST" and not request.user.is_authenticated
    form = ActivationForm(request.POST if may_act else None, needs_password=needs_password)
    if form.is_valid():
        try:
            response = _activate(request, token, form, claim_id=link.subject)
        except LinkError as error:
            return _invalid_activation_link(request, error)
        except ClaimClosedError:
            return _invalid_activation_link(request, LinkWithdrawnError(subject=link.subject, mailbox=link.email))
        if response is not None:
            return response
    return render(request, "onboarding/activate.html", {"form": form, "claim": claim, "needs_password": needs_password})


@require_http_methods(["GET", "HEAD"])
def activated(request: HttpRequest) -> HttpResponse:
    """Say that the account is active, with a link to the log-in."""
    return render(request, "onboarding/activated.html")


@link_page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link sent to the mailbox that the register knows does; stop the claim on POST only."""
    try:
        link = find_link(purpose=LinkPurpose.STOP_CLAIM, token=token)
        claim = _waiting_claim(link)
        if request.method == "POST":
            stop_claim(token=token, ip=client_ip(request))
            return render(request, "onboarding/claim_stopped.html")
    except LinkError as error:
        return _invalid_stop_link(request, error)
    except ClaimClosedError:
        return _invalid_stop_link(request, LinkWithdrawnError(subject=link.subject, mailbox=link.email))
    return render(request, "onboarding/stop_claim.html", {"claim": claim})


def _activate(request: HttpRequest, token: str, form: ActivationForm, *, claim_id: uuid.UUID) -> HttpResponse | None:
    """Activate and return the response, or add the refusal to the form and return None.

    Raise a subclass of `LinkError`, or `ClaimClosedError`.
    """
    try:
        account = activate_claim(
            token=token,
            password=form.cleaned_data.get("password"),
            proven_claim=session.proven_claim_id(request),
            ip=client_ip(request),
        )
    except WrongPasswordError:
        form.add_error("password", _("This is not the password that you chose in the form"))
    except LimitReachedError:
        form.add_error("password", _("Too many attempts. Try again in an hour"))
    except AccountExistsError:
        return render(request, "onboarding/account_exists.html")
    except EntryEndedError:
        return render(request, "onboarding/entry_ended.html", status=410)
    else:
        is_straight = session.goes_straight_in(request, claim_id)
        session.forget_all(request)
        if is_straight:
            # A log-in like any other, recorded and with its notices. But nobody has given a password in this session,
            # so what requires reauthentication still asks for it.
            response: HttpResponse = perform_login(
                request, account, email_verification="none", redirect_url=reverse("my-account")
            )
            messages.success(request, _("Your account is active."))
            return response
        response = redirect("activated")
        # The browser becomes a known device: a backoff that strangers may have caused does not delay the log-in that
        # follows.
        remember_browser(request, response, account)
        return response
    return None


def _waiting_claim(link: Link) -> Claim:
    """Return the open claim that a link is about. Raise `LinkWithdrawnError` if it has ended."""
    claim = Claim.objects.filter(pk=link.subject).first()
    if claim is None or not claim.is_open:
        raise LinkWithdrawnError(subject=link.subject, mailbox=link.email)
    return claim


def _invalid_activation_link(request: HttpRequest, error: LinkError) -> HttpResponse:
    now = form_now(claim_id=error.subject)
    return invalid_link(request, error, "onboarding/invalid_activation_link.html", now=now)


def _expired(request: HttpRequest, error: LinkExpiredError) -> HttpResponse:
    """Offer a new activation link to the same mailbox; send it on POST."""
    claim = Claim.objects.filter(pk=error.subject).first() if error.subject else None
    outcome = ""
    if claim is None or not claim.is_open or error.mailbox.casefold() != claim.email.casefold():
        return _invalid_activation_link(request, error)
    if request.method == "POST":
        try:
            resend_activation(claim_id=claim.id, ip=client_ip(request))
            outcome = "sent"
        except ResendTooSoonError:
            outcome = "sent"
        except ClaimClosedError:
            return _invalid_activation_link(request, error)
        except MailsUsedUpError:
            outcome = "used-up"
    return render(request, "onboarding/expired_activation.html", {"outcome": outcome})


def _invalid_stop_link(request: HttpRequest, error: LinkError) -> HttpResponse:
    return invalid_link(request, error, "onboarding/invalid_stop_link.html", now=form_now(claim_id=error.subject))
