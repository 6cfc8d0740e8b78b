"""The staff's actions on a saved form that waits for its activation."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from egzaminator.accounts.errors import ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.core.templatetags.dates import table_date
from egzaminator.mail.domain.caps import ABOUT_ONE_EXAMINER, TO_ONE_MAILBOX
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding.domain.claims_by_staff import correct_by_staff, resend_by_staff, stop_by_staff
from egzaminator.onboarding.errors import (
    ClaimChangedError,
    ClaimClosedError,
    CorrectionsUsedUpError,
    EmailUnchangedError,
)
from egzaminator.onboarding.models import Claim
from egzaminator.panel.actions import FormAction, StaffAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit, record_view
from egzaminator.panel.person.claim_forms import ClaimEmailForm, StopClaimForm
from egzaminator.staff.domain.independence import is_own_claim
from egzaminator.staff.errors import OwnAccountError


def _resend(request: HttpRequest, claim: Claim, _fields: Mapping[str, Any]) -> Promise:
    _require_others(request, claim)
    resend_by_staff(claim_id=claim.id, by=actor_of(request))
    return gettext_lazy("The activation e-mail is on its way again.")


def _correct(request: HttpRequest, claim: Claim, fields: Mapping[str, Any]) -> Promise:
    email, seen, reason = fields["email"], fields["seen"], fields["reason"]
    _require_others(request, claim, email)
    try:
        correct_by_staff(claim_id=claim.id, email=email, seen=seen, reason=reason, by=actor_of(request))
    except ClaimChangedError:
        claim.refresh_from_db(fields=["email"])  # the page, shown again, shows what it is now
        raise
    return gettext_lazy(
        "The address is corrected, and the activation e-mail is on its way there. The former mailbox and the one that "
        "the register knows are told."
    )


def _stop(request: HttpRequest, claim: Claim, fields: Mapping[str, Any]) -> Promise:
    _require_others(request, claim)
    stop_by_staff(claim_id=claim.id, reason=fields["reason"], by=actor_of(request))
    return gettext_lazy("The form is stopped. Its owner was told by e-mail, and may fill in another at once.")


def _require_others(request: HttpRequest, claim: Claim, email: str = "") -> None:
    if is_own_claim(claim=claim, member=cast("Account", request.user), email=email):
        raise OwnAccountError


def _too_soon(error: ResendTooSoonError) -> str:
    text = ngettext(
        "An e-mail is on its way. Another can be sent in %(seconds)d second.",
        "An e-mail is on its way. Another can be sent in %(seconds)d seconds.",
        error.seconds,
    )
    return text % {"seconds": error.seconds}


def _used_up(error: MailsUsedUpError) -> str:
    """Return which limit holds, and until when."""
    if error.seconds is None:
        return _(
            "This form has sent its five e-mails and sends no more. Stop it: the caller can fill in another at once."
        )
    until = table_date(timezone.now() + datetime.timedelta(seconds=error.seconds))
    texts = {
        TO_ONE_MAILBOX.name: _("Five e-mails went to this mailbox within a day. The next can be sent after %(until)s."),
        ABOUT_ONE_EXAMINER.name: _("Ten e-mails about this person went out within a day. The next: after %(until)s."),
    }
    return texts[error.limit] % {"until": until}


def _corrected_but_used_up(error: MailsUsedUpError) -> str:
    corrected = _("The address is corrected, but no e-mail was sent.")
    return f"{corrected} {_used_up(error)}"


_NOTICES: Final = {
    OwnAccountError: (
        messages.WARNING,
        gettext_lazy("This form has your own mailbox: another member of the staff has to help its owner."),
    ),
    ClaimClosedError: (
        messages.WARNING,
        gettext_lazy("The form has ended meanwhile: activated, stopped or too old. Nothing was changed."),
    ),
}

RESEND: Final[StaffAction[Claim]] = StaffAction(
    name="resend-activation",
    path="wyslij-ponownie",
    permission="staff.resend_activation",
    run=_resend,
    notices={
        **_NOTICES,
        ResendTooSoonError: (messages.INFO, _too_soon),
        MailsUsedUpError: (messages.WARNING, _used_up),
    },
    needs_confirmation=False,
)
CLAIM_ACTIONS: Final[tuple[FormAction[Claim], ...]] = (
    FormAction(
        name="correct-claim-email",
        path="adres",
        permission="staff.correct_claim_email",
        title=gettext_lazy("Correct the address"),
        typed=ClaimEmailForm,
        form=lambda _claim, _member, sent: ClaimEmailForm(sent),
        run=_correct,
        notices={
            **_NOTICES,
            EmailUnchangedError: (messages.INFO, gettext_lazy("The form has this address already.")),
            MailsUsedUpError: (messages.WARNING, _corrected_but_used_up),
        },
        form_errors={
            ClaimChangedError: gettext_lazy(
                "The address in the form was changed meanwhile. Look at what it is now, and send once more if need be."
            ),
            CorrectionsUsedUpError: gettext_lazy(
                "The staff have corrected this form three times within a day. Stop it: the caller can fill in another."
            ),
        },
        context=lambda claim: {"claim": claim},
        is_offered=lambda claim: claim.is_open,
    ),
    FormAction(
        name="stop-claim-by-staff",
        path="uniewaznij",
        permission="staff.stop_form",
        title=gettext_lazy("Stop the form"),
        typed=StopClaimForm,
        form=lambda _claim, _member, sent: StopClaimForm(sent),
        run=_stop,
        notices=_NOTICES,
        needs_confirmation=False,
        context=lambda claim: {"claim": claim},
        is_offered=lambda claim: claim.is_open,
    ),
)


def _find(request: HttpRequest, claim_id: uuid.UUID) -> Claim:
    claim = Claim.objects.select_related("examiner").filter(pk=claim_id).first()
    hit_lookup_limit(by=actor_of(request), whom=str(claim.examiner_id if claim else claim_id))
    return claim or get_object_or_404(Claim, pk=claim_id)


# The URLs have the id of the form, and lead back to its examiner.
CLAIM_PAGE: Final[SubjectPage[Claim]] = SubjectPage(
    find=_find,
    url=lambda claim: reverse("examiner", args=[claim.examiner_id]),
    list_view="find-examiner",
    name=lambda claim: claim.examiner.name,
    record_view=lambda request, claim: record_view(examiner=claim.examiner, by=actor_of(request)),
)
