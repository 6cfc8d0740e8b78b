"""Views of an account's sessions."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.sessions import end_own_sessions, list_sessions
from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.accounts.sessions import SessionStore
from egzaminator.core.form_marks import is_marked_for
from egzaminator.core.requests import client_ip


class SessionChoice(forms.Form):
    """The session to end. Without a choice, all sessions but this one."""

    session = forms.SlugField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def sessions(request: HttpRequest, account: Account) -> HttpResponse:
    """List the sessions of an account; on POST, end another one or all others (ASVS 5.0, 7.5.2)."""
    own = cast("SessionStore", request.session).digest
    choice = SessionChoice(request.POST or None)
    if request.method != "POST" or not choice.is_valid():
        listed = list_sessions(account=account, own=own)
        return render(request, "accounts/sessions.html", {"sessions": listed, "own": own})
    count = end_own_sessions(
        account=account, keep=own, only=choice.cleaned_data["session"] or None, ip=client_ip(request)
    )
    if count:
        text = ngettext("%(count)d device is logged out.", "%(count)d devices are logged out.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("No other device is logged in any more."))
    return redirect("sessions")


@require_POST
def visit(request: HttpRequest) -> HttpResponse:
    """Prolong the idle limit of a session. A page of ours sends this request while its user is still there.

    Return the seconds left as JSON, or 409 if the user that the page was rendered for is no longer logged in.
    """
    if not (request.user.is_authenticated and is_marked_for(request, request.user.pk)):
        return HttpResponse(status=409)
    return JsonResponse({"seconds": cast("SessionStore", request.session).seconds_left})
