"""The screens by which administrators keep the staff: the list, the invitation, a colleague's page."""

import uuid
from typing import Final

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
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.act_views import act_context
from egzaminator.panel.actions import SubjectPage, offered
from egzaminator.panel.navigation import MANAGE_STAFF
from egzaminator.panel.staff_actions import MEMBER_ACTIONS
from egzaminator.panel.staff_forms import InviteForm
from egzaminator.staff.domain.act_lists import waiting_act
from egzaminator.staff.domain.invitations import invite_staff
from egzaminator.staff.domain.membership import describe, list_members


@permission_required(MANAGE_STAFF)
@require_http_methods(["GET", "HEAD"])
def staff(request: HttpRequest) -> HttpResponse:
    """List the staff by name, in pages."""
    return render(request, "panel/staff.html", {"members": list_members(after=cursor_of(request))})


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
    account = _find(request, member_id)
    context = {
        **act_context(request, waiting_act(account=account)),
        "member": describe([account])[0],
        "actions": offered(request, MEMBER_ACTIONS, account),
    }
    return render(request, "panel/member.html", context)


def _find(_request: HttpRequest, member_id: uuid.UUID) -> Account:
    return get_object_or_404(Account.objects.filter(examiner__isnull=True), pk=member_id)


def _url(account: Account) -> str:
    return reverse("member", args=[account.pk])


MEMBER_PAGE: Final = SubjectPage(find=_find, url=_url, list_view="staff", name=lambda account: account.name)
