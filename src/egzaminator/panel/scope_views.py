"""The screens by which the board keeps its list of scopes."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import number_cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.navigation import CHANGE_SCOPES
from egzaminator.panel.register_forms import NewScopeForm, ScopeFilterForm, ScopeForm
from egzaminator.register.domain.scopes import (
    FIELDS,
    WITHOUT_KIND,
    add_scope,
    change_scope,
    count_without_kind,
    list_scopes,
)
from egzaminator.register.domain.versions import version_of
from egzaminator.register.errors import ChangedMeanwhileError, ImportRunsError, ScopeExistsError
from egzaminator.register.models import Scope

_IMPORT_RUNS: Final = gettext_lazy("A register file is being read in. Send the form again in a few minutes.")


@permission_required(CHANGE_SCOPES)
@require_http_methods(["GET", "HEAD"])
def scopes(request: HttpRequest) -> HttpResponse:
    """List the scopes by code, in pages, with how many wait for a kind."""
    form = ScopeFilterForm(request.GET or None)
    shown = form.cleaned_data["kind"] if form.is_bound and form.is_valid() else ""
    context = {
        "form": form,
        "shown": shown,
        "without": WITHOUT_KIND,
        "without_kind": count_without_kind(),
        "page": list_scopes(shown=shown, after=number_cursor_of(request)),
    }
    return render(request, "panel/scopes.html", context)


@own_form(OwnForm(typed=NewScopeForm, title=gettext_lazy("Add a scope"), button=gettext_lazy("Add the scope")))
@permission_required(CHANGE_SCOPES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let staff add a scope."""
    form = NewScopeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scope = add_scope(**form.cleaned_data, by=actor_of(request))
        except ScopeExistsError:
            form.add_error("code", str(form.in_use))
        except ImportRunsError:
            form.add_error(None, str(_IMPORT_RUNS))
        else:
            messages.success(request, _("The scope %(code)s is in the list.") % {"code": scope.code})
            return redirect("scopes")
    return render(request, "panel/add_scope.html", {"form": form})


@own_form(OwnForm(typed=ScopeForm, title=gettext_lazy("Change the scope"), button=gettext_lazy("Save")))
@permission_required(CHANGE_SCOPES)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, scope_id: int) -> HttpResponse:
    """Let staff change a scope. If a colleague has just changed it, show what it is now, and keep what was typed."""
    scope = get_object_or_404(Scope, pk=scope_id)
    values = {name: getattr(scope, name) for name in FIELDS}
    form = ScopeForm(request.POST or None, initial=values | {"seen": version_of(scope, FIELDS)})
    changed: Scope | None = None
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            is_changed = change_scope(scope=scope, seen=form.cleaned_data["seen"], wanted=wanted, by=actor_of(request))
        except ChangedMeanwhileError:
            changed = Scope.objects.get(pk=scope_id)
            form = ScopeForm(initial=wanted | {"seen": version_of(changed, FIELDS)})
        else:
            words = _("The scope %(code)s is changed.") if is_changed else _("Nothing was changed.")
            messages.success(request, words % {"code": scope.code})
            return redirect("scopes")
    return render(request, "panel/scope.html", {"form": form, "scope": scope, "changed": changed})
