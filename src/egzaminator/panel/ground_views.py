"""The screens by which the board keeps its list of grounds for striking off."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.register_forms import GroundForm, NewGroundForm
from egzaminator.register.domain.grounds import FIELDS, add_ground, change_ground, list_grounds
from egzaminator.register.domain.versions import version_of
from egzaminator.register.errors import ChangedMeanwhileError, GroundExistsError
from egzaminator.register.models import StrikeOffGround

CHANGE_GROUNDS: Final = "register.change_strikeoffground"


@permission_required(CHANGE_GROUNDS)
@require_http_methods(["GET", "HEAD"])
def grounds(request: HttpRequest) -> HttpResponse:
    """List the grounds, those that are no longer offered last."""
    return render(request, "panel/grounds.html", {"grounds": list_grounds()})


@own_form(OwnForm(typed=NewGroundForm, title=gettext_lazy("Add a ground"), button=gettext_lazy("Add the ground")))
@permission_required(CHANGE_GROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let staff add a ground."""
    form = NewGroundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_ground(text=form.cleaned_data["text"], by=actor_of(request))
        except GroundExistsError:
            form.add_error("text", str(form.in_use))
        else:
            messages.success(request, _("The ground is in the list."))
            return redirect("grounds")
    return render(request, "panel/add_ground.html", {"form": form})


@own_form(OwnForm(typed=GroundForm, title=gettext_lazy("Change the ground"), button=gettext_lazy("Save")))
@permission_required(CHANGE_GROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, ground_id: int) -> HttpResponse:
    """Let staff change a ground. If a colleague has just changed it, show what it is now, and keep what was typed."""
    ground = get_object_or_404(StrikeOffGround, pk=ground_id)
    values = {name: getattr(ground, name) for name in FIELDS}
    form = GroundForm(request.POST or None, initial=values | {"seen": version_of(ground, FIELDS)})
    changed: StrikeOffGround | None = None
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            is_changed = change_ground(ground=ground, seen=form.cleaned_data["seen"], **wanted, by=actor_of(request))
        except GroundExistsError:
            form.add_error("text", str(form.in_use))
        except ChangedMeanwhileError:
            changed = StrikeOffGround.objects.get(pk=ground_id)
            form = GroundForm(initial=wanted | {"seen": version_of(changed, FIELDS)})
        else:
            messages.success(request, _("The ground is changed.") if is_changed else _("Nothing was changed."))
            return redirect("grounds")
    return render(request, "panel/ground.html", {"form": form, "ground": ground, "changed": changed})
