"""The screen of the board's contact data."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.audit.actor import actor_of
from egzaminator.cms.domain.change_contact import CONTACT_FIELDS, change_contact
from egzaminator.cms.models import BoardSettings
from egzaminator.panel.access import permission_required
from egzaminator.panel.contact_forms import ContactForm
from egzaminator.panel.navigation import CHANGE_CONTACT


@own_form(OwnForm(typed=ContactForm, title=gettext_lazy("The board's contact data"), button=gettext_lazy("Save")))
@permission_required(CHANGE_CONTACT)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Let an administrator change the board's contact data after re-authentication."""
    row = BoardSettings.base_queryset().first() or BoardSettings()
    form = ContactForm(request.POST or None, initial={name: getattr(row, name) for name in CONTACT_FIELDS})
    if request.method == "POST" and form.is_valid():
        staff = cast("Account", request.user)
        is_changed = change_contact(contact=form.cleaned_data, name=staff.display_name, by=actor_of(request))
        if is_changed:
            messages.success(request, _("The contact data are changed. The former and the new mailbox were told."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("board-contact")
    return render(request, "panel/contact.html", {"form": form})
