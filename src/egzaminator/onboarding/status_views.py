"""The status page of a saved form: where its e-mail is, sending again, correcting the e-mail address."""

import math
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.errors import ResendTooSoonError, WrongPasswordError
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.core.requests import client_ip
from egzaminator.core.typed_text import with_typed_text
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS, seconds_to_pause
from egzaminator.mail.domain.status import Delivery, describe_delivery, latest_email, pace_lately
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding import session
from egzaminator.onboarding.domain.activation import resend_activation
from egzaminator.onboarding.domain.claims import MOST_CORRECTIONS, correct_email
from egzaminator.onboarding.errors import ClaimClosedError, CorrectionsUsedUpError
from egzaminator.onboarding.forms import CorrectEmailForm
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.errors import LimitReachedError

_MINUTE: Final = 60


@require_http_methods(["GET", "HEAD"])
def status(request: HttpRequest) -> HttpResponse:
    """Show where the activation e-mail is. With `?part`, render only the part that changes."""
    claim = session.proven_claim(request)
    if claim is None:
        return redirect("login")
    template = "onboarding/status_part.html" if "part" in request.GET else "onboarding/status.html"
    return render(request, template, _context(claim))


def _proven(request: HttpRequest) -> str:
    return str(session.proven_claim_id(request) or "")


@require_POST
@own_form(OwnForm(subject=_proven, page="claim-status"))
def resend(request: HttpRequest) -> HttpResponse:
    """Send the activation e-mail again, then show the status page."""
    claim_id = session.proven_claim_id(request)
    if claim_id is None:
        return redirect("login")
    try:
        resend_activation(claim_id=claim_id, ip=client_ip(request))
    except ResendTooSoonError as error:
        text = ngettext(
            "An e-mail is on its way. You can send another in %(seconds)d second.",
            "An e-mail is on its way. You can send another in %(seconds)d seconds.",
            error.seconds,
        )
        messages.warning(request, text % {"seconds": error.seconds})
    except MailsUsedUpError:
        messages.warning(request, _mails_used_up())
    except ClaimClosedError:
        pass  # the status page says how it ended
    else:
        messages.success(request, _("We are sending the e-mail again."))
    return redirect("claim-status")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@own_form(
    OwnForm(
        subject=_proven,
        typed=CorrectEmailForm,
        title=gettext_lazy("Correct the e-mail address"),
        button=gettext_lazy("Correct and send"),
    )
)
def correct(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail address and the form's password; send the activation e-mail there."""
    claim = session.proven_claim(request)
    if claim is None:
        return redirect("login")
    if not claim.is_open:
        return redirect("claim-status")
    form = with_typed_text(CorrectEmailForm(request.POST or None, initial={"email": claim.email}), request)
    if request.method == "POST" and form.is_valid() and _correct(request, claim, form):
        return redirect("claim-status")
    return render(request, "onboarding/correct_email.html", {"form": form, "claim": claim})


@require_POST
@own_form(OwnForm(subject=_proven, page="claim-status"))
def finish(request: HttpRequest) -> HttpResponse:
    """End the session, for shared computers."""
    session.forget_all(request)
    return redirect("logged-out")


def _correct(request: HttpRequest, claim: Claim, form: CorrectEmailForm) -> bool:
    """Correct the address; return whether to go on to the status page.

    A refusal is added to the form, and False is returned.
    """
    try:
        correct_email(
            claim_id=claim.id,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            ip=client_ip(request),
        )
    except WrongPasswordError:
        form.add_error("password", _("This is not the password that you chose in the form"))
        return False
    except LimitReachedError:
        form.add_error("password", _("Too many attempts. Try again in an hour"))
        return False
    except CorrectionsUsedUpError:
        form.add_error("email", _("The address was corrected three times already. Call the board"))
        return False
    except MailsUsedUpError:
        messages.warning(request, _mails_used_up())
    except ClaimClosedError:
        pass
    else:
        messages.success(request, _("The address is corrected. We are sending the e-mail there."))
    return True


def _mails_used_up() -> str:
    return _("No more e-mails can be sent today. Wait until tomorrow, or call the board.")


def _delivery(claim: Claim) -> Delivery | None:
    email = latest_email(related_id=claim.id, kind=EmailKind.ACTIVATION)
    # If the daily cap stopped the e-mail after a correction, the newest e-mail went to the old address.
    return describe_delivery(email) if email and email.email == claim.email else None


def _pace() -> str | None:
    """Return a sentence on how long sending took in the last hour (seconds below one minute), or None."""
    took = pace_lately()
    if took is None:
        return None
    seconds = max(1, math.ceil(took.total_seconds()))
    if seconds < _MINUTE:
        text = ngettext(
            "In the last hour, sending an e-mail took about %(seconds)d second.",
            "In the last hour, sending an e-mail took about %(seconds)d seconds.",
            seconds,
        )
        return text % {"seconds": seconds}
    minutes = round(seconds / _MINUTE)
    text = ngettext(
        "In the last hour, sending an e-mail took about %(minutes)d minute.",
        "In the last hour, sending an e-mail took about %(minutes)d minutes.",
        minutes,
    )
    return text % {"minutes": minutes}


def _context(claim: Claim) -> dict[str, object]:
    delivery = _delivery(claim)
    return {
        "claim": claim,
        "state": claim.outcome or (delivery.shown if delivery else "unsent"),
        "delivery": delivery,
        "pace": _pace(),
        "pause": seconds_to_pause(claim.last_sent_at),
        "can_resend": claim.sends < MOST_SENDS,
        "can_correct": claim.corrections < MOST_CORRECTIONS,
    }
