"""Helping one examiner: who it is, where their account and its e-mails stand, and what staff can do about it."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.confirmation import ask_to_confirm, confirmation_address, is_confirmed
from egzaminator.accounts.domain.freeze_for_owner import freeze_for_owner
from egzaminator.accounts.domain.known_addresses import known_addresses
from egzaminator.accounts.domain.reset_second_factor import reset_second_factor
from egzaminator.accounts.domain.unfreeze_account import unfreeze_account
from egzaminator.accounts.errors import FrozenAlreadyError, NoFactorError, NotFrozenError, StrangeAddressError
from egzaminator.accounts.kept_fields import take_fields
from egzaminator.accounts.models import Account
from egzaminator.kernel.requests import client_address
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.models import Claim
from egzaminator.panel.access import staff_only
from egzaminator.panel.domain.count_look_up import count_look_up
from egzaminator.panel.domain.find_for_staff import find_for_staff
from egzaminator.panel.domain.list_blocked import list_blocked
from egzaminator.panel.domain.list_refusals import list_refusals
from egzaminator.panel.domain.open_examiner import open_examiner
from egzaminator.panel.forms import ExaminerForm, FreezeForm, Place, ReasonForm, ResetFactorForm, UnfreezeForm
from egzaminator.panel.look_up_limit import look_ups_limited
from egzaminator.post.domain.describe_delivery import describe_delivery
from egzaminator.post.models import Message
from egzaminator.register.models import Examiner

_LATEST = 10
_OVER = [Closing.ACTIVATED, Closing.SUPERSEDED, Closing.EXPIRED]


def _confirmed(view: Callable[[HttpRequest, uuid.UUID], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let staff do this after proving who they are, and not whoever sat down at their desk (ASVS 5.0, 7.5.3)."""

    @wraps(view)
    def wrapped(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
        if is_confirmed(request):
            return view(request, examiner_id)
        return ask_to_confirm(request, back_to=reverse("examiner", args=[examiner_id]))

    return wrapped


@staff_only
@look_ups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find an examiner by what they say on the telephone; list the accounts that wait for a decision, by pages."""
    form = ExaminerForm(request.POST or None)
    staff = cast("Account", request.user)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["asked"]
        examiner = find_for_staff(asked=asked, actor=staff.id, address=client_address(request))
        if examiner is not None:
            return redirect("examiner", examiner_id=examiner.id)
        form.add_error("asked", form.unknown)
    place = Place(request.GET)
    after = place.cleaned_data["after"] if place.is_valid() else None
    blocked = list_blocked(after=after)
    if blocked.examiners:
        count_look_up(actor=staff.id, whom=f"blocked\0{after}", address=client_address(request))
    context = {"form": form, "blocked": blocked, "is_later_page": after}
    return render(request, "panel/find_examiner.html", context)


@staff_only
@look_ups_limited
@require_http_methods(["GET", "HEAD"])
def examiner(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show where an examiner's account stands. Changes nothing but the count and the record of who looked."""
    person = get_object_or_404(Examiner, pk=examiner_id)
    return _page(request, person, account=Account.objects.filter(examiner=person).first())


@staff_only
@look_ups_limited
@require_http_methods(["POST"])
def freeze(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Close an account at once, when its owner says on the telephone that somebody else is in it."""
    account = _account_of(request, examiner_id)
    form = FreezeForm(request.POST)
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, freeze_form=form)
    try:
        freeze_for_owner(
            account=account,
            reason=form.cleaned_data["reason"],
            actor=cast("Account", request.user).id,
            address=client_address(request),
        )
    except FrozenAlreadyError:
        messages.info(request, _("The account was frozen already."))
    else:
        messages.success(request, _("The account is frozen: everybody is logged out, and nobody can log in."))
    return redirect("examiner", examiner_id=examiner_id)


@staff_only
@look_ups_limited
@require_http_methods(["POST"])
@_confirmed
def unfreeze(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Give a frozen account back to its owner, whom staff have spoken with."""
    account = _account_of(request, examiner_id)
    form = UnfreezeForm(request.POST, addresses=known_addresses(account=account))
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, unfreeze_form=form)
    try:
        unfreeze_account(
            account=account,
            reason=form.cleaned_data["reason"],
            email=form.cleaned_data["email"],
            actor=cast("Account", request.user).id,
            address=client_address(request),
        )
    except (NotFrozenError, StrangeAddressError):
        messages.warning(request, _("Somebody else has just changed this account. Look at it again."))
    else:
        messages.success(request, _("The account is unfrozen. The link to set a new password by is on its way."))
    return redirect("examiner", examiner_id=examiner_id)


@staff_only
@look_ups_limited
@require_http_methods(["POST"])
@_confirmed
def reset_factor(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Take the second factor from an account whose owner has lost it."""
    account = _account_of(request, examiner_id)
    form = ResetFactorForm(request.POST)
    if not form.is_valid():
        return _page(request, cast("Examiner", account.examiner), account=account, factor_form=form)
    try:
        reset_second_factor(
            account=account,
            reason=form.cleaned_data["reason"],
            actor=cast("Account", request.user).id,
            address=client_address(request),
        )
    except NoFactorError:
        messages.warning(request, _("Somebody else has just changed this account. Look at it again."))
    else:
        messages.success(request, _("The second factor is gone; the owner has been told by e-mail."))
    return redirect("examiner", examiner_id=examiner_id)


def _account_of(request: HttpRequest, examiner_id: uuid.UUID) -> Account:
    """Give the account to do something about, which is a look at its owner as well."""
    account = get_object_or_404(Account.objects.select_related("examiner"), examiner_id=examiner_id)
    count_look_up(actor=cast("Account", request.user).id, whom=str(examiner_id), address=client_address(request))
    return account


def _page(
    request: HttpRequest,
    person: Examiner,
    *,
    account: Account | None,
    **sent: ReasonForm,
) -> HttpResponse:
    open_examiner(examiner=person, actor=cast("Account", request.user).id, address=client_address(request))
    address = reverse("examiner", args=[person.id])
    kept = take_fields(request, cast("Account", request.user), page=address) if is_confirmed(request) else QueryDict()
    entries = list(person.entries.order_by("number_key"))
    claims = list(person.claims.exclude(closing__in=_OVER).order_by("-created_at"))
    context = {
        "examiner": person,
        "entries": entries,
        "can_begin": any(entry.is_active for entry in entries),
        "account": account,
        "claims": [claim for claim in claims if claim.is_open],
        "stopped": [claim for claim in claims if claim.closed_at],
        "refusals": list_refusals(examiner=person),
        "mails": [(mail, describe_delivery(mail)) for mail in _mails(account, claims)],
        "confirm_first": None if is_confirmed(request) else confirmation_address(back_to=address),
        **_forms_for(account, kept),
        **sent,
    }
    return render(request, "panel/examiner.html", context)


def _forms_for(account: Account | None, kept: QueryDict) -> dict[str, ReasonForm]:
    """Give the forms for all that staff can do about an account, by their names in the template.

    Takes what was typed into them before the question who is there.
    """
    if account is None:
        return {}
    forms: dict[str, ReasonForm] = {}
    if account.is_active:
        forms["freeze_form"] = FreezeForm()
    else:
        forms["unfreeze_form"] = UnfreezeForm(addresses=known_addresses(account=account), initial=kept.dict())
    if Authenticator.objects.filter(user=account).exists():
        forms["factor_form"] = ResetFactorForm(initial={"reason": kept.get("factor-reason", "")})
    return forms


def _mails(account: Account | None, claims: list[Claim]) -> QuerySet[Message]:
    about = [claim.id for claim in claims] + ([account.id] if account else [])
    return Message.objects.filter(about__in=about).order_by("-created_at")[:_LATEST]
