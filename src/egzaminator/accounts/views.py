from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.change_details import change_details
from egzaminator.accounts.examiners import examiner_required
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.profile_rows import profile_groups
from egzaminator.kernel.requests import client_address


@login_required
@examiner_required
@require_http_methods(["GET", "HEAD"])
def my_account(request: HttpRequest) -> HttpResponse:
    """Show an examiner who they are, their entries and their details."""
    examiner = request.user.examiner
    entries = examiner.entries.select_related("scope").order_by("entered_on", "number_key")
    return render(
        request,
        "accounts/my_account.html",
        {"examiner": examiner, "entries": entries, "groups": profile_groups(request.user.profile)},
    )


@login_required
@examiner_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def edit_details(request: HttpRequest) -> HttpResponse:
    """Let an examiner change their details; each change is told to the board."""
    profile = request.user.profile
    form = DetailsForm(request.POST or None, initial=DetailsForm.initial_from(profile))
    if request.method == "POST" and form.is_valid():
        changes = change_details(
            account=request.user, details=form.cleaned_details(), address=client_address(request)
        )
        if changes:
            messages.success(request, _("Your details are saved. The board has been told of the change."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("my-account")
    return render(request, "accounts/edit_details.html", {"form": form})
