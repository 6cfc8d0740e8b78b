from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.change_details import change_details
from egzaminator.accounts.domain.waiting_address import waiting_address
from egzaminator.accounts.examiners import examiner_required
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.models import Account
from egzaminator.accounts.profile_rows import profile_groups
from egzaminator.kernel.requests import client_address
from egzaminator.register.models import Entry


@require_http_methods(["GET", "HEAD"])
@examiner_required
def my_account(request: HttpRequest, account: Account) -> HttpResponse:
    """Show an examiner who they are, their entries and their details."""
    entries = Entry.objects.filter(examiner=account.examiner).select_related("scope")
    return render(
        request,
        "accounts/my_account.html",
        {
            "examiner": account.examiner,
            "entries": entries.order_by("entered_on", "number_key"),
            "groups": profile_groups(account.profile),
            "address_change": waiting_address(account=account),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@examiner_required
def edit_details(request: HttpRequest, account: Account) -> HttpResponse:
    """Let an examiner change their details; each change is told to the board."""
    form = DetailsForm(request.POST or None, initial=DetailsForm.initial_from(account.profile))
    if request.method == "POST" and form.is_valid():
        changes = change_details(account=account, details=form.cleaned_details(), address=client_address(request))
        if changes:
            messages.success(request, _("Your details are saved. The board has been told of the change."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("my-account")
    return render(request, "accounts/edit_details.html", {"form": form})
