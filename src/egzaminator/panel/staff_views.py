"""The screens by which administrators keep the staff: the list, the invitation, a colleague's page."""

import uuid
from collections.abc import Mapping
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.errors import StaffExistsError
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import has_reauthenticated, reauthentication_required, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.act_views import act_context
from egzaminator.panel.actions import SubjectPage, offered
from egzaminator.panel.navigation import MANAGE_STAFF
from egzaminator.panel.staff_actions import MEMBER_ACTIONS
from egzaminator.panel.staff_forms import InviteForm
from egzaminator.staff.domain.act_lists import list_acts
from egzaminator.staff.domain.invitations import invite_staff
from egzaminator.staff.domain.membership import describe, list_members
from egzaminator.staff.models import Act


@permission_required(MANAGE_STAFF)
@require_http_methods(["GET", "HEAD"])
def staff(request: HttpRequest) -> HttpResponse:
    """List the staff by name, in pages, with what waits for another administrator."""
    context = {"members": list_members(after=cursor_of(request)), "acts": list_acts(of_staff=True)}
    return render(request, "panel/staff.html", context)


@own_form(OwnForm(typed=InviteForm, title=gettext_lazy("Invite to the panel"), button=gettext_lazy("Send invitation")))
@permission_required(MANAGE_STAFF)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Let an administrator invite somebody to the panel after re-authentication."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = invite_staff(**form.cleaned_data, by=actor_of(request))
        except StaffExistsError:
            form.add_error("email", str(form.in_use))
        else:
            messages.success(request, _("The invitation is on its way. It works for 24 hours."))
            return redirect("member", member_id=account.id)
    return render(request, "panel/invite_member.html", {"form": form})


@permission_required(MANAGE_STAFF)
@require_http_methods(["GET", "HEAD"])
def member(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Show a colleague's account, and what an administrator may do about it."""
    return _show(request, _find(request, member_id), {})


def _find(_request: HttpRequest, member_id: uuid.UUID) -> Account:
    return get_object_or_404(Account.objects.filter(examiner__isnull=True), pk=member_id)


def _url(account: Account) -> str:
    return reverse("member", args=[account.pk])


def _show(request: HttpRequest, account: Account, sent: Mapping[str, forms.Form]) -> HttpResponse:
    url = _url(account)
    act = Act.objects.select_related("asked_by").filter(account=account, outcome="").first()
    act = act if act is not None and act.is_waiting else None
    actions = offered(request, MEMBER_ACTIONS, account, act, url=url, sent=sent)
    context = {
        **act_context(request, act),
        "member": describe([account])[0],
        "subject": account,
        "actions": actions,
        "has_errors": any(form.errors for _action, form in actions),
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=url),
    }
    return render(request, "panel/member.html", context)


MEMBER_PAGE: Final = SubjectPage(find=_find, url=_url, url_afterwards=_url, list_view="staff", show=_show)
