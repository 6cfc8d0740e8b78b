"""The screen of the board's setting for one person on duty."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.navigation import ALLOW_ALONE
from egzaminator.panel.settings_forms import AloneSettingForm
from egzaminator.staff.domain.alone import alone_setting, set_alone
from egzaminator.staff.errors import NotAdministratorError


@own_form(OwnForm(typed=AloneSettingForm, title=gettext_lazy("One person on duty"), button=gettext_lazy("Save")))
@permission_required(ALLOW_ALONE)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def alone(request: HttpRequest) -> HttpResponse:
    """Let an administrator say, after re-authentication, whether one person may act alone in the panel."""
    before = alone_setting()
    form = AloneSettingForm(request.POST or None, initial={"is_allowed": "yes" if before.is_allowed else "no"})
    if request.method == "POST" and form.is_valid():
        try:
            after = set_alone(is_allowed=form.cleaned_data["is_allowed"], by=actor_of(request))
        except NotAdministratorError:
            messages.error(request, _("You are no longer an administrator. Nothing was changed."))
        else:
            _say(request, before_pending=before.pending is not None, after_pending=after.pending is not None)
        return redirect("alone-setting")
    return render(request, "panel/alone_setting.html", {"form": form, "setting": before})


def _say(request: HttpRequest, *, before_pending: bool, after_pending: bool) -> None:
    if before_pending == after_pending:
        messages.info(request, _("Nothing was changed."))
    elif after_pending:
        messages.success(request, _("It takes effect in 48 hours. The administrators and inspectors were told."))
    else:
        messages.success(request, _("The change is cancelled. The administrators and inspectors were told."))
