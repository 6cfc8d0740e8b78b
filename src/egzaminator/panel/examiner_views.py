"""Views for helping one examiner: search, the state of their account and e-mails, and the staff's actions on it."""

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.domain.mailboxes import known_emails, known_mailboxes
from egzaminator.accounts.enums import AccountState, ActKind
from egzaminator.accounts.errors import (
    AccountClosedError,
    FrozenAlreadyError,
    NoSecondFactorError,
    NotFrozenError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated, reauthentication_url
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.mail.domain.status import describe_delivery
from egzaminator.mail.models import Email
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.panel.access import staff_only
from egzaminator.panel.act_views import act_context
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff, hit_lookup_limit, record_view
from egzaminator.panel.domain.lists import list_blocked, list_refusals
from egzaminator.panel.forms import Cursor, ExaminerForm, FreezeForm, ReasonForm, ResetSecondFactorForm, UnfreezeForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.acts import ask, list_acts
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.errors import ActWaitsError, AskedTooOftenError, OwnAccountError
from egzaminator.staff.models import Act

_LATEST = 10
_ASKED = gettext_lazy("It waits for another member of the staff to confirm it. The owner has been told by e-mail.")
_OWN = gettext_lazy("This account had your own mailbox: another member of the staff has to help its owner.")
_TOO_OFTEN = gettext_lazy(
    "The staff have asked about this account three times within a day, and the owner was told each time: ask again "
    "tomorrow, or tell the administrator."
)
_CHANGED = (NotFrozenError, AccountClosedError, UnknownMailboxError, NoSecondFactorError, ActWaitsError)
# If the session has changed meanwhile, the form is shown again with the reason only: a different person may be logged
# in now, and must see nothing about the examiner.
_FREEZE = OwnForm(
    page="find-examiner", typed=FreezeForm, title=gettext_lazy("Freeze the account"), button=gettext_lazy("Send")
)
_UNFREEZE = OwnForm(
    page="find-examiner", typed=ReasonForm, title=gettext_lazy("Give the account back"), button=gettext_lazy("Send")
)
_RESET_SECOND_FACTOR = OwnForm(
    page="find-examiner",
    typed=ResetSecondFactorForm,
    title=gettext_lazy("Take the second factor away"),
    button=gettext_lazy("Send"),
)
_OVER = [ClaimOutcome.ACTIVATED, ClaimOutcome.SUPERSEDED, ClaimOutcome.EXPIRED]


def _confirmed(view: Callable[[HttpRequest, uuid.UUID], HttpResponse]) -> Callable[..., HttpResponse]:
    """Require re-authentication before a staff action, against an intruder at an unattended desk (ASVS 5.0, 7.5.3)."""

    @wraps(view)
    def wrapped(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
        if has_reauthenticated(request):
            return view(request, examiner_id)
        return ask_to_reauthenticate(request, back_to=reverse("examiner", args=[examiner_id]))

    return wrapped


@staff_only
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find an examiner by what they say on the telephone, and list the accounts that wait for a decision, in pages."""
    form = ExaminerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["asked"]
        examiner = find_examiner_for_staff(asked=asked, by=actor_of(request))
        if examiner is not None:
            return redirect("examiner", examiner_id=examiner.id)
        form.add_error("asked", form.unknown)
    cursor = Cursor(request.GET)
    after = cursor.cleaned_data["after"] if cursor.is_valid() else None
    blocked, acts = list_blocked(after=after), list_acts()
    if blocked.examiners or acts:
        hit_lookup_limit(by=actor_of(request), whom=f"blocked\0{after}")
    context = {"form": form, "blocked": blocked, "acts": acts, "is_later_page": after}
    return render(request, "panel/find_examiner.html", context)


@staff_only
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def examiner(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show the state of an examiner's account. It changes nothing, but counts and records the look-up."""
    person = get_object_or_404(Examiner, pk=examiner_id)
    return _page(request, person, account=Account.objects.filter(examiner=person).first())


@own_form(_FREEZE)
@staff_only
@lookups_limited
@require_http_methods(["POST"])
def freeze(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Freeze an account immediately when its owner says on the telephone that an intruder is logged in to it."""
    account = _account_of(request, examiner_id)
    form = FreezeForm(request.POST)
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, freeze_form=form)
    try:
        freeze_by_staff(
            account=account,
            reason=form.cleaned_data["reason"],
            by=actor_of(request),
        )
    except FrozenAlreadyError:
        messages.info(request, _("The account was frozen already."))
    else:
        messages.success(request, _("The account is frozen: everybody is logged out, and nobody can log in."))
    return redirect("examiner", examiner_id=examiner_id)


@own_form(_UNFREEZE)
@staff_only
@lookups_limited
@require_http_methods(["POST"])
@_confirmed
def unfreeze(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Unfreeze the account of an owner whom staff have spoken with, or ask a second person to confirm it."""
    account = _account_of(request, examiner_id)
    staff = cast("Account", request.user)
    form = _unfreeze_form(account, staff, request.POST)
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, unfreeze_form=form)
    try:
        act = give_back(
            account=account,
            reason=form.cleaned_data["reason"],
            email=form.cleaned_data["email"],
            member=staff,
            ip=client_ip(request),
        )
    except AskedTooOftenError:
        form.add_error(None, _TOO_OFTEN)
        return _page(request, cast("Examiner", account.examiner), account=account, unfreeze_form=form)
    except OwnAccountError:
        messages.warning(request, _OWN)
    except _CHANGED:
        messages.warning(request, _("Somebody else has just changed this account. Look at it again."))
    else:
        if act is None:
            messages.success(request, _("The account is unfrozen. The link to set a new password by is on its way."))
        else:
            messages.success(request, _ASKED)
    return redirect("examiner", examiner_id=examiner_id)


@own_form(_RESET_SECOND_FACTOR)
@staff_only
@lookups_limited
@require_http_methods(["POST"])
@_confirmed
def reset_second_factor(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Ask a second person to confirm the removal of a second factor that the account's owner has lost."""
    account = _account_of(request, examiner_id)
    form = ResetSecondFactorForm(request.POST)
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, second_factor_form=form)
    try:
        ask(
            kind=ActKind.RESET_SECOND_FACTOR,
            account=account,
            reason=form.cleaned_data["reason"],
            member=cast("Account", request.user),
            ip=client_ip(request),
        )
    except AskedTooOftenError:
        form.add_error(None, _TOO_OFTEN)
        return _page(request, cast("Examiner", account.examiner), account=account, second_factor_form=form)
    except OwnAccountError:
        messages.warning(request, _OWN)
    except _CHANGED:
        messages.warning(request, _("Somebody else has just changed this account. Look at it again."))
    else:
        messages.success(request, _ASKED)
    return redirect("examiner", examiner_id=examiner_id)


def _account_of(request: HttpRequest, examiner_id: uuid.UUID) -> Account:
    """Return the account that an action is about. This counts as a look-up of its owner as well."""
    account = get_object_or_404(Account.objects.select_related("examiner"), examiner_id=examiner_id)
    hit_lookup_limit(by=actor_of(request), whom=str(examiner_id))
    return account


def _page(
    request: HttpRequest,
    person: Examiner,
    *,
    account: Account | None,
    **sent: ReasonForm,
) -> HttpResponse:
    record_view(examiner=person, by=actor_of(request))
    address = reverse("examiner", args=[person.id])
    kept = (
        take_fields(request, cast("Account", request.user), page=address)
        if has_reauthenticated(request)
        else QueryDict()
    )
    entries = list(person.entries.order_by("number_key"))
    claims = list(person.claims.exclude(outcome__in=_OVER).order_by("-created_at"))
    act = Act.objects.select_related("asked_by").filter(account=account, outcome="").first() if account else None
    act = act if act is not None and act.is_waiting else None
    context = {
        **act_context(request, act),
        "examiner": person,
        "entries": entries,
        "can_begin": any(entry.is_active for entry in entries),
        "account": account,
        "claims": [claim for claim in claims if claim.is_open],
        "stopped": [claim for claim in claims if claim.closed_at],
        "refusals": list_refusals(examiner=person),
        "mails": [(mail, describe_delivery(mail)) for mail in _mails(account, claims)],
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=address),
        **_forms_for(account, act, cast("Account", request.user), kept),
        "has_factor": account is not None and Authenticator.objects.filter(user=account).exists(),
        **sent,
    }
    return render(request, "panel/examiner.html", context)


def _forms_for(account: Account | None, act: Act | None, staff: Account, kept: QueryDict) -> dict[str, ReasonForm]:
    """Return the forms of the actions that staff may take on an account now, by their names in the template.

    While an act waits for a second person, no action that opens the account is offered. Freezing never has to wait.
    A closed account, such as that of an examiner who died, has no forms: staff cannot reopen it. `kept` holds the
    fields that were typed before staff had to re-authenticate.
    """
    forms: dict[str, ReasonForm] = {}
    if account is None or account.state == AccountState.CLOSED:
        return forms
    if account.is_active:
        forms["freeze_form"] = FreezeForm()
    if act is not None:
        return forms
    if not account.is_active:
        forms["unfreeze_form"] = _unfreeze_form(account, staff, initial=kept.dict())
    if Authenticator.objects.filter(user=account).exists():
        forms["second_factor_form"] = ResetSecondFactorForm(initial={"reason": kept.get("second-factor-reason", "")})
    return forms


def _unfreeze_form(
    account: Account, staff: Account, data: QueryDict | None = None, *, initial: Mapping[str, object] | None = None
) -> UnfreezeForm:
    known = known_mailboxes(account=account, asked_by=staff.id)
    return UnfreezeForm(data, addresses=known_emails(account=account), known=known, initial=initial)


def _mails(account: Account | None, claims: list[Claim]) -> QuerySet[Email]:
    about = [claim.id for claim in claims] + ([account.id] if account else [])
    return Email.objects.filter(related_id__in=about).order_by("-created_at")[:_LATEST]
