"""Views for helping one examiner: the search, and the page with the state of their account and e-mails."""

import uuid
from collections.abc import Mapping
from typing import Final, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.email_change import pending_email_change
from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.status import Delivery, describe_delivery
from egzaminator.mail.models import Email
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.panel.access import permission_required
from egzaminator.panel.act_views import act_context
from egzaminator.panel.actions import SubjectPage, offered
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff, hit_lookup_limit, record_view
from egzaminator.panel.domain.lists import list_blocked, list_refusals
from egzaminator.panel.examiner_actions import EXAMINER_ACTIONS
from egzaminator.panel.forms import ExaminerForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.act_lists import list_acts
from egzaminator.staff.models import Act

_MOST_EMAILS: Final = 10
_OVER: Final = [ClaimOutcome.ACTIVATED, ClaimOutcome.SUPERSEDED, ClaimOutcome.EXPIRED]


@permission_required("register.view_examiner")
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
    context: dict[str, object] = {"form": form}
    if request.user.has_perm("staff.view_act"):
        context |= _waiting(request)
    return render(request, "panel/find_examiner.html", context)


def _waiting(request: HttpRequest) -> dict[str, object]:
    after = cursor_of(request)
    blocked, acts = list_blocked(after=after), list_acts(of_staff=False)
    if blocked.rows or acts:
        hit_lookup_limit(by=actor_of(request), whom=f"blocked\0{after}")
    return {"blocked": blocked, "acts": acts}


@permission_required("register.view_examiner")
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def examiner(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show the state of an examiner's account. It changes nothing, but counts and records the look-up."""
    person = get_object_or_404(Examiner, pk=examiner_id)
    return _show(request, person, Account.objects.filter(examiner=person).first())


def _account_of(request: HttpRequest, examiner_id: uuid.UUID) -> Account:
    account = get_object_or_404(Account.objects.select_related("examiner"), examiner_id=examiner_id)
    hit_lookup_limit(by=actor_of(request), whom=str(examiner_id))
    return account


def _url(account: Account) -> str:
    return reverse("examiner", args=[account.examiner_id])


def _show_again(request: HttpRequest, account: Account, sent: Mapping[str, forms.Form]) -> HttpResponse:
    return _show(request, cast("Examiner", account.examiner), account, sent)


EXAMINER_PAGE: Final = SubjectPage(
    find=_account_of, url=_url, url_afterwards=_url, list_view="find-examiner", show=_show_again
)


def _show(
    request: HttpRequest, person: Examiner, account: Account | None, sent: Mapping[str, forms.Form] | None = None
) -> HttpResponse:
    record_view(examiner=person, by=actor_of(request))
    url = reverse("examiner", args=[person.id])
    entries = list(person.entries.order_by("number_key"))
    claims = list(person.claims.exclude(outcome__in=_OVER).order_by("-created_at"))
    act = Act.objects.select_related("asked_by").filter(account=account, outcome="").first() if account else None
    act = act if act is not None and act.is_waiting else None
    actions = offered(request, EXAMINER_ACTIONS, account, act, url=url, sent=sent or {}) if account else []
    context = {
        **act_context(request, act),
        "examiner": person,
        "subject": person,
        "entries": entries,
        "can_begin": any(entry.is_active for entry in entries),
        "account": account,
        "email_change": pending_email_change(account=account) if account else None,
        "claims": [claim for claim in claims if claim.is_open],
        "stopped": [claim for claim in claims if claim.closed_at],
        "refusals": list_refusals(examiner=person),
        "mails": _emails(account, claims),
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=url),
        "actions": actions,
        "has_errors": any(form.errors for _, form in actions),
        "has_factor": account is not None and Authenticator.objects.filter(user=account).exists(),
    }
    return render(request, "panel/examiner.html", context)


def _emails(account: Account | None, claims: list[Claim]) -> list[tuple[Email, str, Delivery]]:
    """Return the latest e-mails, each with the label of its kind and its delivery status."""
    related = [claim.id for claim in claims] + ([account.id] if account else [])
    labels = dict(EmailKind.choices)
    emails = Email.objects.filter(related_id__in=related).order_by("-created_at")[:_MOST_EMAILS]
    return [(email, str(labels[email.kind]), describe_delivery(email)) for email in emails]
