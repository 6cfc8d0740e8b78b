"""The screen that asks for a file of a mailing's recipients."""

import uuid
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.core.fields import ReasonField
from egzaminator.core.typed_text import put_typed_text
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.exports import EXPORT, ask_for_recipients
from egzaminator.panel.domain.mailings import VIEW
from egzaminator.panel.domain.recipient_rows import NOT_REACHED
from egzaminator.panel.errors import ExportsUsedUpError
from egzaminator.panel.export_forms import ExportForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.mailing.views import find_mailing


class RecipientsForm(forms.Form):
    """Asks which recipients a file is to hold, and why it is made."""

    use_required_attribute = False

    # Chosen when the form is made: sent twice, it makes one file.
    export_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", pgettext_lazy("recipients", "all")),
            (NOT_REACHED, pgettext_lazy("recipients", "not reached")),
            *RecipientState.choices,
        ],
        required=False,
    )
    reason = ReasonField(help_text=_("For example: calls to whoever was not reached. Without a PESEL."))


@own_form(OwnForm(typed=RecipientsForm, title=_("Export"), button=_("Make the file")))
@permission_required(VIEW)
@permission_required(EXPORT)
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def export_recipients(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Let staff ask, after re-authentication and with a reason, for a workbook of a mailing's recipients."""
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=request.get_full_path())
    found = find_mailing(mailing_id)
    if found.state == MailingState.DRAFT:
        return redirect("mailing", mailing_id=found.pk)
    form = RecipientsForm(request.POST or None, initial={"state": request.GET.get("stan", "")})
    if request.method == "POST" and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            export = ask_for_recipients(
                export_id=typed["export_id"],
                mailing=found,
                state=typed["state"],
                reason=typed["reason"],
                by=actor_of(request),
            )
        except ExportsUsedUpError:
            form.add_error(None, str(ExportForm.used_up))
        else:
            return redirect("export", export_id=export.pk)
    if kept := take_fields(request, cast("Account", request.user), page=request.get_full_path()):
        put_typed_text(form, kept)
    return render(request, "panel/mailing/export.html", {"mailing": found, "form": form})
