"""Views of an examiner's account and details."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import examiner_required
from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.domain.overview import overview_of
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Account
from egzaminator.accounts.overview_text import cards_of, tasks_of
from egzaminator.accounts.own_forms import OwnForm, takes
from egzaminator.accounts.profile_display import profile_groups
from egzaminator.accounts.sessions import SessionStore
from egzaminator.accounts.stashed_form import forget_details, stash_details, stashed_details
from egzaminator.core.requests import client_ip
from egzaminator.core.typed_text import typed_text_of, with_typed_text

_DETAILS = OwnForm(typed=DetailsForm, title=gettext_lazy("Change my details"), button=gettext_lazy("Save"))


@require_http_methods(["GET", "HEAD"])
@examiner_required
def my_account(request: HttpRequest, account: Account) -> HttpResponse:
    """Show what an examiner has to do, the state of each screen of the account, the entries and the details."""
    overview = overview_of(account=account, own=cast("SessionStore", request.session).digest)
    return render(
        request,
        "accounts/my_account.html",
        {
            "examiner": account.examiner,
            "tasks": tasks_of(account, overview),
            "cards": cards_of(account, overview),
            "entries": overview.entries,
            "groups": profile_groups(account.profile),
        },
    )


@gzip_page  # a URL adds nothing to this page, and its token changes each time (decision 19)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@takes(_DETAILS)
def edit_details(request: HttpRequest) -> HttpResponseBase:
    """Let an examiner change their details.

    What is submitted after the session ended is kept until they log in again.
    """
    if request.method == "POST" and not request.user.is_authenticated and stash_details(request):
        messages.info(request, _("You had been logged out meanwhile. Log in: what you have typed will be there again."))
        return redirect_to_login(request.get_full_path())
    return _edit_details(request)


@examiner_required
@takes(_DETAILS)
def _edit_details(request: HttpRequest, account: Account) -> HttpResponse:
    """Save the changed details. Each change is recorded."""
    stashed = None if typed_text_of(request) else stashed_details(request, account)
    form = with_typed_text(
        DetailsForm(request.POST or stashed, initial=DetailsForm.initial_from(account.profile)), request
    )
    if request.method == "POST" and form.is_valid():
        forget_details(request)
        changes = change_details(account=account, details=form.cleaned_details(), ip=client_ip(request))
        if changes:
            messages.success(request, _("Your details are saved. The board has learned of the change."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("my-account")
    context = {"form": form, "is_kept": stashed and not request.POST, "keeps_typed": True}
    return render(request, "accounts/edit_details.html", context)
